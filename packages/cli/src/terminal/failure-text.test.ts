import { type ErrorTree, GridError, RequestError } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { noColors } from "./colors.ts";
import { failureFields, failureText } from "./failure-text.ts";

const colors = noColors;

const divided: ErrorTree = {
  msg: "Icky value",
  code: "FUNCTION_FAILED",
  req: '["divide",1,0]',
  stack: "Error: Icky value\n    at divide (/srv/functions.ts:3:9)\n    at async /srv/functions.ts:9:1",
};
const tree: ErrorTree = {
  msg: 'Error from request ["report",1]',
  code: "FUNCTION_FAILED",
  req: '["report",1]',
  info: {
    '["ratio",1]': {
      msg: 'Error from request ["ratio",1]',
      code: "FUNCTION_FAILED",
      req: '["ratio",1]',
      info: { '["divide",1,0]': divided },
    },
  },
};

describe("an error for people", () => {
  it("is the tree of a request that failed three levels down, and where it was thrown", () => {
    expect(failureText(new RequestError(tree), colors)).toBe(
      [
        'Error from request ["report",1]',
        '  ["ratio",1]',
        '    ["divide",1,0]: Icky value',
        "    at divide (/srv/functions.ts:3:9)",
        "    at async /srv/functions.ts:9:1",
      ].join("\n"),
    );
  });

  it("reports what caused it, and where that was thrown", () => {
    const cause = { msg: "connection refused", stack: "Error: connection refused\n    at fetch (/srv/rates.ts:7:9)" };
    expect(failureText(new RequestError({ ...divided, causes: [cause, { msg: "unplugged" }] }), colors)).toBe(
      [
        'Error from request ["divide",1,0]: Icky value',
        "  caused by: connection refused",
        "  caused by: unplugged",
        "    at divide (/srv/functions.ts:3:9)",
        "    at async /srv/functions.ts:9:1",
        "    caused by: connection refused",
        "    at fetch (/srv/rates.ts:7:9)",
      ].join("\n"),
    );
  });

  it("of a batch names the slice, or the slices that failed together", () => {
    const of = (details: Readonly<Record<string, unknown>>) =>
      failureText(new RequestError({ ...divided, details }), colors);
    expect(of({ slice: 27 })).toMatch(/^slice 27: Error from request \["divide",1,0\]: Icky value\n/);
    expect(of({ slices: { from: 20, to: 30 } })).toMatch(/^slices 20 to 29: Error from request/);
  });

  it("reports the code where it is not the function that failed, and how workers died", () => {
    const lost: ErrorTree = {
      msg: "its workers died 2 times while running it",
      code: "WORKER_LOST",
      req: '["f"]',
      details: {
        reports: [
          { worker: "wa", exitCode: null, signal: "SIGKILL", rssBytes: 104_857_600, stderr: ["out of memory"] },
          { worker: "wb", reason: "its lease lapsed" },
        ],
      },
    };
    expect(failureText(new RequestError(lost), colors)).toBe(
      [
        'Error from request ["f"]: its workers died 2 times while running it (WORKER_LOST)',
        "    worker wa died by SIGKILL, at 100 MB, and said last:",
        "      out of memory",
        "    worker wb died: its lease lapsed",
      ].join("\n"),
    );
  });

  it("shows workers that died alike once, without what their logs report of their normal life", () => {
    const stderr = ["/srv/f.mjs:2", "Error: late throw", "    at late (/srv/f.mjs:2:70)"];
    const joined = (time: number) => `{"level":30,"time":${time},"name":"callgrid","msg":"joined the pool"}`;
    const report = (worker: string, time: number) => ({
      worker,
      exitCode: 1,
      signal: null,
      stderr: [joined(time), ...stderr],
    });
    const reports = [report("wa", 1), { worker: "wb", signal: "SIGKILL" }, report("wc", 2), report("wd", 3)];
    const lost: ErrorTree = { msg: "lost", code: "WORKER_LOST", req: '["f"]', details: { reports } };
    expect(failureText(new RequestError(lost), colors).split("\n").slice(1)).toEqual([
      "    worker wa died with exit code 1, and said last:",
      ...stderr.map((line) => `      ${line}`),
      "    and so did wc, wd",
      "    worker wb died by SIGKILL",
    ]);
  });

  it("is one line with a code for what is not a request's failure", () => {
    expect(failureText(new GridError("INVALID_OPTION", "--slots must be a number"), colors)).toBe(
      "INVALID_OPTION: --slots must be a number",
    );
  });

  it("is the name of the signal where that ended the command", () => {
    expect(failureText(new GridError("CANCELLED", "cancelled", { cause: "SIGINT" }), colors)).toBe(
      "interrupted by SIGINT",
    );
  });

  it("has its stack where the mistake is in here", () => {
    expect(failureText(new TypeError("x is undefined"), colors)).toMatch(/TypeError: x is undefined\n {4}at /);
  });
});

describe("an error in JSON", () => {
  it("is the tree of a failed request as it travelled", () => {
    expect(failureFields(new RequestError(tree))).toEqual(tree);
  });

  it("has message, code and details otherwise", () => {
    const error = new GridError("INVALID_OPTION", "no", { details: { path: "--slots" } });
    expect(failureFields(error)).toEqual({ msg: "no", code: "INVALID_OPTION", details: { path: "--slots" } });
    expect(failureFields(new Error("no"))).toEqual({ msg: "no" });
  });
});
