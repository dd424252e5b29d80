import { expect, it } from "vitest";
import { noColors } from "../terminal/colors.ts";
import { type FaultKind, faultKinds } from "./fault-plan.ts";
import type { TortureResult } from "./torture.ts";
import { tortureReport } from "./torture-report.ts";

const style = { isTerminal: false, colors: noColors };

const result: TortureResult = {
  grid: "torture-x",
  seed: 7,
  faults: Object.fromEntries(faultKinds.map((kind, i) => [kind, i])) as Record<FaultKind, number>,
  settledMs: 348,
  asked: 1_942,
  answered: 1_942,
  withdrawn: 0,
  evaluated: 32_969,
  duplicates: 50,
  counts: { lost: 0, unanswered: 0, contradicted: 0, wrong: 0 },
  violations: [],
};

it("reports how often each fault was made, the summary of the history, and that nothing is wrong", () => {
  expect(tortureReport(result, style)).toBe(
    [
      "fault            times",
      "kill worker      0",
      "stop worker      1",
      "cut clients      2",
      "cut workers      3",
      "silence clients  4",
      "silence workers  5",
      "stall clients    6",
      "stall workers    7",
      "reset clients    8",
      "reset workers    9",
      "delay clients    10",
      "delay workers    11",
      "",
      "history",
      "asked                            1942",
      "answered                         1942",
      "evaluations                      32969",
      "evaluated again                  50",
      "open at the end, answered after  348 ms",
      "lost                             0",
      "unanswered                       0",
      "contradicted                     0",
      "wrong                            0",
      "",
      "nothing lost, unanswered, contradicted or wrong",
    ].join("\n"),
  );
});

it("shows each violation with the request and the answer, and the seed that makes the run again", () => {
  const wrong: TortureResult = {
    ...result,
    counts: { lost: 0, unanswered: 1, contradicted: 0, wrong: 1 },
    violations: [
      { kind: "wrong", id: "a", request: '["leaf","r1",3]', answer: "-1" },
      { kind: "unanswered", id: "b", request: '["leaf","r2",3]', answer: "" },
    ],
  };
  expect(tortureReport(wrong, style)).toMatch(
    /\n2 violations; the seed is 7\n {2}wrong \["leaf","r1",3\]: -1\n {2}unanswered \["leaf","r2",3\]$/,
  );
});
