import { expect, it } from "vitest";
import { findAssociativityFailure, isAlmostEqual } from "./associativity.ts";

const numbers = (values: readonly unknown[]): number[] => values as number[];

it.each([
  ["a sum", [1, 2.1, 3.3, 4], async (values: readonly unknown[]) => numbers(values).reduce((a, b) => a + b, 0)],
  ["a greatest", [3, 1, 2], async (values: readonly unknown[]) => Math.max(...numbers(values))],
  ["texts joined", ["a", "b", "c"], async (values: readonly unknown[]) => values.join("")],
  ["of one value", [1], async (values: readonly unknown[]) => numbers(values).reduce((a, b) => a + b, 0)],
  ["of nothing", [], async () => 0],
])("nothing is found in %s", async (_, values, reduce) => {
  expect(await findAssociativityFailure(values, reduce)).toBeUndefined();
});

it("a mean is found out, with the values that show it", async () => {
  const mean = async (values: readonly unknown[]) => numbers(values).reduce((a, b) => a + b, 0) / values.length;
  expect(await findAssociativityFailure([1, 2, 6], mean)).toMatchObject({
    values: [1, 2, 6],
    together: 3,
    grouped: 3.75,
  });
});

it("a difference, a count and what depends on order in groups are found out", async () => {
  const minus = async (values: readonly unknown[]) => numbers(values).reduce((a, b) => a - b);
  const count = async (values: readonly unknown[]) => values.length;
  expect(await findAssociativityFailure([1, 2, 3], minus)).toBeDefined();
  expect(await findAssociativityFailure([1, 2, 3], count)).toBeDefined();
});

it.each([
  [{ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 + 1e-12 }, true],
  [{ a: 1 }, { a: 1, b: undefined }, false],
  [new Map([["a", 1]]), new Map([["a", 2]]), false],
  [[], {}, false],
  [null, undefined, false],
])("%j and %j", (a, b, expected) => {
  expect(isAlmostEqual(a, b)).toBe(expected);
});
