import { encodeValue } from "@callgrid/core";
import { expect, test } from "vitest";
import { type RowForm, rowReader } from "./result-rows.ts";
import type { FinishedJob } from "./snapshot.ts";

const rowsOf = (job: FinishedJob, form: RowForm) => rowReader(form)(job);

function finished(value: unknown, changes: Partial<FinishedJob> = {}): FinishedJob {
  const base = { job: 3, args: [0.5, { steps: 2 }], repeats: [], runMs: 0, startedMs: 1_000, tookMs: 1_234.4 };
  return { ...base, value: encodeValue(value), ...changes };
}

const names = ["rate", "model"];

test("a row has the times, the parameters, and the parts of an object as columns", () => {
  const columns = ["job", "rate", "model", "mean", "range.low", "run start", "job start", "job seconds", "none"];
  expect(rowsOf(finished({ mean: 1, range: { low: 2 } }), { columns, names })).toEqual([
    [3, 0.5, '{"steps":2}', 1, 2, "1970-01-01T00:00:00.000Z", "1970-01-01T00:00:01.000Z", 1.234, ""],
  ]);
});

test("places of a list are columns, and a whole value may be one", () => {
  expect(rowsOf(finished([7, "a"]), { columns: ["0", "1", "value"], names })).toEqual([[7, "a", '[7,"a"]']]);
  expect(rowsOf(finished("=1+1"), { columns: ["value"], names })).toEqual([["'=1+1"]]);
});

test("a key with a dot is found before the path", () => {
  expect(rowsOf(finished({ "a.b": 1, a: { b: 2 } }), { columns: ["a.b"], names })).toEqual([[1]]);
});

test("a job of several places has a row for each", () => {
  expect(rowsOf(finished(1, { repeats: [5, 9] }), { columns: ["job", "value"], names })).toEqual([
    [3, 1],
    [5, 1],
    [9, 1],
  ]);
});
