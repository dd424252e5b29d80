import { expect, it } from "vitest";
import { countEaters, isRunningLow, takeSize } from "./take-size.ts";

it.each([
  [
    "an idle pool takes 100 ms of work for each member, and volunteers",
    { queued: 0, wanted: 4, taken: 0, eaters: 4 },
    [256, 400_000, 4],
  ],
  [
    "what is queued beside idle members is not for them",
    { queued: 1, wanted: 2, taken: 0, eaters: 2 },
    [128, 200_000, 2],
  ],
  [
    "a pool whose members are busy with what came from above fetches more",
    { queued: 0, wanted: 0, taken: 4, eaters: 4 },
    [256, 400_000, 0],
  ],
  [
    "what came from above and is queued counts as no work of its own",
    { queued: 3, wanted: 0, taken: 7, eaters: 4 },
    [256, 400_000, 0],
  ],
  [
    "never more at a time than one call should carry",
    { queued: 0, wanted: 500, taken: 0, eaters: 500 },
    [1_000, 50_000_000, 500],
  ],
] as const)("%s", (_, appetite, [max, budgetMicros, volunteerFor]) => {
  expect(takeSize(appetite)).toEqual({ max, budgetMicros, volunteerFor });
});

it.each([
  ["nobody is idle", { queued: 0, wanted: 0, taken: 0, eaters: 0 }],
  ["more is queued than came from above", { queued: 9, wanted: 0, taken: 8, eaters: 8 }],
  [
    "its members idle beside very much that came from above: none of it is for them",
    { queued: 256, wanted: 4, taken: 256, eaters: 4 },
  ],
  ["it has two a member in hand", { queued: 4, wanted: 0, taken: 8, eaters: 4 }],
])("a pool takes nothing when %s", (_, appetite) => {
  expect(takeSize(appetite)).toBeUndefined();
});

it("members that are busy still count for as long as anything from above is in hand", () => {
  expect(countEaters({ wanted: 4, taken: 0, eaters: 0 })).toBe(4);
  expect(countEaters({ wanted: 0, taken: 4, eaters: 4 })).toBe(4);
  expect(countEaters({ wanted: 0, taken: 0, eaters: 4 })).toBe(0);
});

it("half of what was taken, or one a member, is little", () => {
  expect([isRunningLow(129, 4, 256), isRunningLow(128, 4, 256)]).toEqual([false, true]);
  expect([isRunningLow(5, 4, 8), isRunningLow(4, 4, 8)]).toEqual([false, true]);
});
