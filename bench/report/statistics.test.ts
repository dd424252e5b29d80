import { describe, expect, it } from "vitest";
import { pairedRatios, percentile, summarize } from "./statistics.ts";

it.each([
  { values: [3], median: 3, min: 3, max: 3 },
  { values: [10, 9, 2], median: 9, min: 2, max: 10 },
  { values: [4, 1, 2, 100], median: 3, min: 1, max: 100 },
])("the median of $values is $median", ({ values, ...summary }) => {
  expect(summarize(values)).toEqual(summary);
});

it("no values have no median", () => {
  expect(summarize([])).toBeUndefined();
});

describe("percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    { values: hundred, share: 0.5, expected: 50 },
    { values: hundred, share: 0.99, expected: 99 },
    { values: hundred, share: 1, expected: 100 },
    { values: hundred, share: 0, expected: 1 },
    { values: [7], share: 0.99, expected: 7 },
    { values: [], share: 0.5, expected: 0 },
  ])("$share of $values.length values are at most $expected", ({ values, share, expected }) => {
    expect(percentile(values, share)).toBe(expected);
  });
});

it("ratios are of the same round, and a round that lacks a figure gives none", () => {
  expect(pairedRatios([10, 20, undefined, 40, 50], [5, 5, 5, undefined, 0])).toEqual([2, 4]);
  expect(pairedRatios([10, 20, 30], [10])).toEqual([1]);
});
