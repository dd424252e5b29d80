import { expect, it } from "vitest";
import { StartRate } from "./start-rate.ts";

it("a pool is fast when its members start more than one request in ten ms", () => {
  const rate = new StartRate();
  expect(rate.isFast(1_000, 0)).toBe(false);
  expect(rate.isFast(1_030, 200)).toBe(true);
  expect(rate.isFast(1_050, 400)).toBe(false);
});

it("what is seen between two measures changes nothing", () => {
  const rate = new StartRate();
  rate.isFast(0, 0);
  expect(rate.isFast(100, 50)).toBe(false);
  expect(rate.isFast(100, 200)).toBe(true);
});
