import { expect, it } from "vitest";
import { awaitedBy, cycleThrough, type Waits } from "./waits.ts";

function waitsOf(edges: Readonly<Record<string, readonly string[]>>): Waits {
  return new Map(Object.entries(edges));
}

it("a cycle is found in order, from wherever one looks", () => {
  const waits = waitsOf({ a: ["d", "b"], b: ["d", "c"], c: ["a"] });
  expect(cycleThrough("a", waits)).toEqual(["a", "b", "c"]);
  expect(cycleThrough("c", waits)).toEqual(["c", "a", "b"]);
});

it("a request that waits for itself is a cycle of one", () => {
  expect(cycleThrough("a", waitsOf({ a: ["a"] }))).toEqual(["a"]);
});

it("a cycle that the request is not part of is not one of its own, nor followed forever", () => {
  const waits = waitsOf({ a: ["b"], b: ["c"], c: ["b"] });
  expect(cycleThrough("a", waits)).toEqual([]);
  expect(awaitedBy("a", waits)).toEqual(["b", "c"]);
});

it("a request waits for what those wait for that it waits for, itself included", () => {
  expect(awaitedBy("a", waitsOf({ a: ["b", "c"], c: ["d"], d: ["a"] }))).toEqual(["b", "c", "d", "a"]);
  expect(awaitedBy("e", waitsOf({ a: ["b"] }))).toEqual([]);
});
