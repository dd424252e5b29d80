import { expect, it } from "vitest";
import { localPolicy } from "./bridge-policy.ts";

it.each([
  ["what has just come stays here", {}, false],
  ["what has waited for a round goes up", { hasWaited: true }, true],
  ["of a long queue all may go up", { isQueueLong: true }, true],
  ["what the parent has volunteers for goes up at once", { isAwaited: true }, true],
])("%s", (_, facts, isHoisted) => {
  const candidate = { functionName: "f", priority: 0, hasWaited: false, isQueueLong: false, isAwaited: false };
  expect(localPolicy.hoists({ ...candidate, ...facts })).toBe(isHoisted);
});
