import { expect, it } from "vitest";
import { CallPace } from "./call-pace.ts";

it("answers a few calls at once, and then one every ten ms", () => {
  const pace = new CallPace();
  expect(Array.from({ length: 8 }, () => pace.take(1_000))).toEqual(Array.from({ length: 8 }, () => 0));
  expect([pace.take(1_000), pace.take(1_004), pace.take(1_010), pace.take(1_010)]).toEqual([10, 6, 0, 10]);
});

it("answers a few at once again after a while", () => {
  const pace = new CallPace();
  for (let i = 0; i < 9; i += 1) pace.take(0);
  expect([pace.take(50), pace.take(50), pace.take(50), pace.take(50), pace.take(50), pace.take(50)]).toEqual([
    0, 0, 0, 0, 0, 10,
  ]);
});
