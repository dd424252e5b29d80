import { describe, expect, it } from "vitest";
import type { Objective } from "../spec/batch-spec.ts";
import { type Choices, choose, type Place, predict, type Workload } from "./planner.ts";

const serial: Place = { mode: "serial", lanes: 1, startMs: 0, overheadMs: 0 };
const local: Place = { mode: "local", lanes: 4, startMs: 400, overheadMs: 1 };
const pool: Place = { mode: "distributed", lanes: 64, startMs: 0 };

function work(totalUnits: number | undefined, msPerUnit: number, overheadMs = 2, busyRatio = 1): Workload {
  return { totalUnits, msPerUnit, overheadMs, busyRatio };
}

function chosen(workload: Workload, objective: Objective, places: Choices["places"] = [serial, local, pool]): string {
  const choice = choose({ workload, places, objective });
  return choice === undefined ? "nowhere" : `${choice.mode} ${choice.lanes}`;
}

describe("the way that is chosen", () => {
  it.each([
    ["a thousand slices of a microsecond", work(1_000, 0.001), "fast", "serial 1"],
    ["nothing at all", work(0, 0), "fast", "serial 1"],
    ["an hour of slices of a second", work(3_600, 1_000), "fast", "distributed 64"],
    ["an hour, cheap", work(3_600, 1_000), "cheap", "serial 1"],
    ["four slices of a second", work(4, 1_000), "fast", "distributed 4"],
    ["a million slices of a millisecond, cheap", work(1e6, 1), "cheap", "serial 1"],
    ["a million slices of a millisecond", work(1e6, 1), "fast", "distributed 64"],
    ["data without a known end", work(undefined, 0.01), "fast", "distributed 64"],
    ["data without a known end, cheap", work(undefined, 0.01), "cheap", "distributed 1"],
  ] as const)("for %s", (_, workload, objective, expected) => {
    expect(chosen(workload, objective)).toBe(expected);
  });

  it("is in this machine where the way to the pool is long", () => {
    expect(chosen(work(10_000, 1, 2_000), "fast")).toBe("local 4");
  });

  it("for `good` takes at most a tenth longer than the fastest, and fewer lanes over time", () => {
    const workload = work(100, 1_000);
    const choices = { workload, places: [pool] };
    const fast = choose({ ...choices, objective: "fast" });
    const good = choose({ ...choices, objective: "good" });
    expect(good?.elapsedMs).toBeLessThanOrEqual(1.1 * (fast?.elapsedMs ?? 0));
    expect((good?.lanes ?? 0) * (good?.elapsedMs ?? 0)).toBeLessThanOrEqual(
      (fast?.lanes ?? 0) * (fast?.elapsedMs ?? 0),
    );
  });

  it("is none where there is no place", () => {
    expect(chosen(work(1, 1), "fast", [])).toBe("nowhere");
  });
});

describe("a prediction", () => {
  it.each([
    [1, 100, 10, 1_000],
    [2, 100, 10, 500],
    [4, 100, 10, 250],
    [100, 10, 1_000, 1_000],
  ])("on %d lanes, %d units of %d ms take about %d ms", (lanes, units, ms, expected) => {
    const { elapsedMs = 0 } = predict(work(units, ms, 0.5), pool, lanes);
    expect(elapsedMs).toBeGreaterThanOrEqual(expected);
    expect(elapsedMs).toBeLessThan(expected * 1.1);
  });

  it("weighs how fast a place is", () => {
    const { elapsedMs } = predict(work(100, 10, 0), { ...serial, speed: 2 }, 1);
    expect(elapsedMs).toBeCloseTo(500);
  });

  it("is no shorter than the first chunk of the slowest lane", () => {
    const { elapsedMs } = predict(work(4, 1_000, 0), { ...pool, slowest: 0.2 }, 4);
    expect(elapsedMs).toBeCloseTo(5_000);
  });

  it("has chunks that the slowest lane is done with in a quarter of the time, if slices are small enough", () => {
    for (const slowest of [1, 0.5, 0.1]) {
      const { chunkMs, elapsedMs = 0 } = predict(work(10_000, 1, 0), { ...pool, slowest }, 4);
      expect(chunkMs / slowest).toBeLessThanOrEqual(elapsedMs / 4);
    }
  });

  it("counts processors only for as long as they are busy", () => {
    expect(predict(work(100, 10, 0, 0.1), pool, 2).cpuMs).toBeCloseTo(100);
  });

  it("never has more nodes take longer, apart from the overhead of smaller chunks", () => {
    const workload = work(10_000, 20, 1);
    let last = Number.POSITIVE_INFINITY;
    for (const nodes of [1, 4, 24, 100, 500]) {
      const { elapsedMs = 0 } = predict(workload, pool, nodes);
      expect(elapsedMs).toBeLessThan(last);
      last = elapsedMs;
    }
  });
});
