import { expect, it } from "vitest";
import type { Case, Group, Workload } from "../workload.ts";
import { collectResults, cpuMicrosOf, failuresOf, ratioOf, summaryOf } from "./results.ts";
import { measured, sampleRow } from "./sample-results.ts";

const ours: Case = { name: "ours", system: "callgrid", workers: 2, settings: { sharing: "eager" } };
const other: Case = { name: "other", system: "bullmq", workers: 2, settings: {}, repeats: 3 };
const group: Group = { key: "g", title: "a group", size: 7, metrics: ["perSecond"], cases: [ours, other] };
const workload: Workload = {
  id: "W",
  title: "a workload",
  groups: () => [group],
  run: () => Promise.reject(new Error("not run")),
};

it("runs are put in rows by case, and in each row by round", () => {
  const [first, second, third] = [1, 2, 3].map((perSecond) => measured({ perSecond }));
  if (first === undefined || second === undefined || third === undefined) throw new Error("there are three");
  const collected = collectResults([
    { round: 0, workload, group, case: ours, outcome: first },
    { round: 1, workload, group, case: other, outcome: second },
    { round: 1, workload, group, case: ours, outcome: third },
  ]);
  const rowOf = ({ name, system, workers, settings }: Case) => ({ name, system, workers, settings });
  const rows = [
    { ...rowOf(ours), repeats: 1, isReference: true, rounds: [first, third] },
    { ...rowOf(other), repeats: 3, isReference: false, rounds: [undefined, second] },
  ];
  const { key, title, size, metrics } = group;
  expect(collected).toEqual([{ id: "W", title: "a workload", groups: [{ key, title, size, metrics, rows }] }]);
});

it("a round that failed counts in no figure, and gives its reason once", () => {
  const row = sampleRow("row", "bullmq", "perSecond", [10, undefined, 30, undefined]);
  expect(summaryOf(row, "perSecond")).toEqual({ median: 20, min: 10, max: 30 });
  expect(summaryOf(row, "p50Ms")).toBeUndefined();
  expect(failuresOf(row)).toEqual(["no result in 180 s"]);
});

it("a ratio is the median of the ratios of each round", () => {
  const row = sampleRow("row", "callgrid", "perSecond", [10, 40, 90]);
  const slower = sampleRow("slower", "bullmq", "perSecond", [5, 10, undefined]);
  expect(ratioOf("perSecond", row, slower)).toEqual({ median: 3, min: 2, max: 4 });
  expect(ratioOf("perSecond", row, sampleRow("none", "bullmq", "perSecond", []))).toBeUndefined();
});

it("CPU is given in µs of one request", () => {
  expect(cpuMicrosOf(sampleRow("row", "callgrid", "perSecond", [1, 2]))).toEqual({ client: 1, workers: 2, redis: 3 });
  expect(cpuMicrosOf(sampleRow("row", "callgrid", "perSecond", [undefined]))).toBeUndefined();
});
