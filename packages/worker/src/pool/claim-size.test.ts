import { describe, expect, it } from "vitest";
import { type ClaimSize, claimSize, lookAgainAfterMs, type Workload } from "./claim-size.ts";

const idle: Workload = {
  freeSlots: 1,
  hasWork: false,
  hasStacked: false,
  readyMs: 0,
  runningMs: 0,
  isOpenToRoots: true,
  isQuarantined: false,
  isVolunteer: false,
  foundQueuesEmpty: false,
};
const busy: Workload = { ...idle, freeSlots: 0, runningMs: 1 };

describe("an idle worker", () => {
  it.each<[string, Partial<Workload>, Partial<ClaimSize> | undefined]>([
    ["claims, and volunteers if there is nothing", {}, { volunteerFor: 1, reach: "roots" }],
    ["volunteers for each of its free slots", { freeSlots: 3 }, { volunteerFor: 3 }],
    [
      "asks again although it met the end, since the pool has to know that it is idle",
      { foundQueuesEmpty: true },
      { volunteerFor: 1 },
    ],
    ["says nothing twice: as a volunteer it is given work", { isVolunteer: true }, undefined],
    [
      "that holds all it may claims its own calls, and does not volunteer",
      { isOpenToRoots: false },
      { volunteerFor: 0, reach: "children" },
    ],
    [
      "that holds all it may rests once its own queue is empty",
      { isOpenToRoots: false, foundQueuesEmpty: true },
      undefined,
    ],
    ["with a suspect to run claims nothing else", { isQuarantined: true }, undefined],
  ])("%s", (_, changes, expected) => {
    expectSize(claimSize({ ...idle, ...changes }), expected);
  });
});

describe("a busy worker", () => {
  it.each<[string, Partial<Workload>, Partial<ClaimSize> | undefined]>([
    ["claims ahead, and does not volunteer", {}, { volunteerFor: 0, reach: "roots" }],
    [
      "claims ahead also where a slot is free and work is at hand",
      { freeSlots: 1, hasWork: true },
      { volunteerFor: 0 },
    ],
    [
      "that holds all it may claims its own calls ahead, and nothing from outside",
      { isOpenToRoots: false },
      { reach: "own-queue" },
    ],
    ["claims ahead while a little is at hand", { readyMs: 7.9 }, {}],
    ["takes nothing that would wait behind the calls in its memory", { hasStacked: true }, undefined],
    ["has enough at hand", { readyMs: 8 }, undefined],
    ["claims ahead of the end of a function for which a claim is a good part of its time", { runningMs: 60 }, {}],
    ["takes nothing that would wait behind a long function", { runningMs: 61 }, undefined],
    ["takes nothing behind a function that was never measured", { runningMs: Number.POSITIVE_INFINITY }, undefined],
    ["does not ask again once it met the end of the queues", { foundQueuesEmpty: true }, undefined],
    ["with a suspect to run claims nothing else", { isQuarantined: true }, undefined],
  ])("%s", (_, changes, expected) => {
    expectSize(claimSize({ ...busy, ...changes }), expected);
  });
});

it("asks for a few ms of work at a time, so that others find some as well", () => {
  const sizes = [claimSize(idle), claimSize(busy)];
  for (const size of sizes) {
    expect(size?.budgetMicros).toBeGreaterThanOrEqual(1_000);
    expect(size?.budgetMicros).toBeLessThanOrEqual(10_000);
    expect(size?.spareMicros).toBeLessThanOrEqual(20_000);
    expect(size?.max).toBeGreaterThan(1);
  }
});

function expectSize(size: ClaimSize | undefined, expected: Partial<ClaimSize> | undefined): void {
  if (expected === undefined) expect(size).toBeUndefined();
  else expect(size).toMatchObject(expected);
}

describe("a worker that found the queues empty", () => {
  it.each<[string, Partial<Workload>, number | undefined]>([
    ["looks again half-way through a function", { runningMs: 40 }, 20],
    ["waits for the end of a short one", { runningMs: 19 }, undefined],
    ["takes nothing that would wait behind a long one", { runningMs: 61 }, undefined],
    ["is a volunteer where it has a free slot and nothing to run", { freeSlots: 1, runningMs: 40 }, undefined],
  ])("%s", (_, changes, expected) => {
    expect(lookAgainAfterMs({ ...busy, ...changes })).toBe(expected);
  });
});
