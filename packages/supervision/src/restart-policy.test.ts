import { describe, expect, it } from "vitest";
import { restartAfter } from "./restart-policy.ts";

describe("a worker process that died", () => {
  it("is started again at once the first time", () => {
    expect(restartAfter(0, 5)).toEqual({ delayMs: 0, deathsInRow: 1 });
  });

  it.each([
    [1, 200],
    [2, 400],
    [3, 800],
    [8, 25_600],
    [9, 30_000],
    [5_000, 30_000],
  ])("waits twice as long each time it dies young, 30 s at most (%i deaths before: %i ms)", (deathsBefore, delayMs) => {
    expect(restartAfter(deathsBefore, 59_999)).toEqual({ delayMs, deathsInRow: deathsBefore + 1 });
  });

  it("starts again once it has lived well for a minute", () => {
    expect(restartAfter(7, 60_000)).toEqual({ delayMs: 0, deathsInRow: 1 });
  });
});
