import { expect, it } from "vitest";
import { isSmallCall, type Placement, placeCall } from "./call-placement.ts";

const small = { isEager: false, isOfSuspect: false, isKnownHere: true, hasTimeout: false, usualMs: 0.01 };

it.each<[string, Partial<typeof small> | { usualMs: undefined }, Placement]>([
  ["a small call stays in memory", {}, "memory"],
  ["a large one is visible before it starts", { usualMs: 5 }, "own-queue"],
  ["a function that was never measured is visible", { usualMs: undefined }, "own-queue"],
  ["eager sharing keeps nothing in memory", { isEager: true }, "own-queue"],
  ["a call of a suspect is visible, however small", { isOfSuspect: true }, "own-queue"],
  ["a function with a limit is visible, however small", { hasTimeout: true }, "own-queue"],
  ["a function that this worker lacks is for others", { isKnownHere: false }, "pool"],
  ["eager sharing gives others what this worker lacks, too", { isKnownHere: false, isEager: true }, "pool"],
  ["a limit changes nothing for what this worker lacks", { isKnownHere: false, hasTimeout: true }, "pool"],
])("%s", (_, changes, placement) => {
  expect(placeCall({ ...small, ...changes })).toBe(placement);
});

it.each([
  [undefined, false],
  [0, true],
  [0.2, true],
  [0.21, false],
])("a call of %s ms is small: %s", (usualMs, isSmall) => {
  expect(isSmallCall(usualMs)).toBe(isSmall);
});
