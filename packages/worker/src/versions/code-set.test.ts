import { expect, it, vi } from "vitest";
import { CodeSets } from "./code-set.ts";

it("equal sets are one object, however they were made", () => {
  const sets = new CodeSets();
  const [total, price] = [sets.of(["total@1"]), sets.of(["price@1"])];
  const both = total.with(price);
  expect(both).toBe(price.with(total));
  expect(both).toBe(sets.of(["total@1", "price@1", "total@1"]));
  expect(both.with(price)).toBe(both);
  expect(both.codes).toEqual(["price@1", "total@1"]);
});

it("a stamp names the own function by its version alone, and comes back as the same set", () => {
  const sets = new CodeSets();
  const code = sets.of(["total@2", "price@1", "total@1"]);
  expect(code.stamp("total", "2#3")).toBe("2#3,price@1,total@1");
  expect(code.stamp("price", "1#0")).toBe("1#0,total@1,total@2");
  expect(sets.read("total", "2#3,price@1,total@1")).toBe(code);
  expect(sets.of(["total@1"]).stamp("total", "1#0")).toBe("1#0");
});

it("what no code has made has no set", () => {
  expect(new CodeSets().read("total", "#0")).toBeUndefined();
});

it("a caller that calls the same functions in turns makes no new sets", () => {
  const sets = new CodeSets();
  const calls = [sets.of(["price@1"]), sets.of(["rate@1"]), sets.of(["price@1", "fee@1"])];
  const caller = calls.reduce((union, call) => union.with(call), sets.of(["total@1"]));
  const made = vi.spyOn(sets, "of");
  for (let round = 0; round < 10; round++) for (const call of calls) expect(caller.with(call)).toBe(caller);
  expect(made).not.toHaveBeenCalled();
});

it("what is remembered is bounded by the codes in all sets, and a set that was forgotten is made again", () => {
  const sets = new CodeSets();
  const first = sets.of(["first@1"]);
  let caller = first;
  for (let n = 0; n < 500; n++) caller = caller.with(sets.of([`f${n}@1`]));
  expect(caller.codes).toHaveLength(501);
  expect(sets.of(["first@1"])).not.toBe(first);
  expect(sets.of(["first@1"]).codes).toEqual(first.codes);
});
