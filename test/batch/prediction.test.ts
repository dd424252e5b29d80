/**
 * What a plan predicts is what a run then takes. The slices sleep, so that workers do not share the time of one processor; a
 * machine that is busy with other things delays sleepers nevertheless, so the best of a few runs counts.
 */
import type { BatchRun } from "@callgrid/batch";
import { localGrid, range } from "callgrid";
import { describe, expect, it } from "vitest";
import { BatchStage, batchFunctions } from "../harness/batch-stage.ts";
import { shortOrFull } from "../harness/fault-length.ts";

const attempts = 5;

interface Expected {
  readonly slices: number;
  readonly lanes: number;
}

/** How far the prediction for what is left after the pilot is from what that then takes, as a share of it. */
async function deviation(run: BatchRun<unknown, unknown[]>, { slices, lanes }: Expected): Promise<number> {
  const { parts, predictedMs = 0 } = await run.plan();
  expect(parts.chosen.lanes).toBe(lanes);
  const started = performance.now();
  expect(await run.result()).toHaveLength(slices);
  const measuredMs = performance.now() - started;
  return Math.abs((predictedMs * (1 - parts.pilotUnits / slices)) / measuredMs - 1);
}

/** The smallest value of several attempts, as soon as one is small enough. */
async function best(attempt: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let count = 0; count < attempts && least >= 0.2; count += 1) least = Math.min(least, await attempt());
  return least;
}

describe("a prediction is right within 20 %", () => {
  it.each(shortOrFull([2], [1, 2]))("on %d threads", async (workers) => {
    await using grid = await localGrid({ functions: batchFunctions, workers });
    const slices = 40 * workers;
    const spec = { data: range(0, slices), process: "napBySpeed", cache: "refresh" } as const;
    expect(await best(() => deviation(grid.batch(spec), { slices, lanes: workers }))).toBeLessThan(0.2);
  });

  it("on worker processes, and on one with another of half the speed", async () => {
    const stage = new BatchStage();
    const slow = { pool: "uneven", more: ["--score", "0.5"], env: { SPEED: "0.5" } };
    const equal = shortOrFull([2], [1, 2]);
    await Promise.all([
      ...equal.map((count) => stage.workers(count, { pool: `of-${count}` })),
      stage.workers(1, { pool: "uneven" }),
      stage.workers(1, slow),
    ]);
    const grid = await stage.connect();
    const runs = [
      ...equal.map((count) => ({ pool: `of-${count}`, slices: 40 * count, lanes: count })),
      { pool: "uneven", slices: 60, lanes: 2 },
    ];
    for (const { pool, ...expected } of runs) {
      const spec = { pool, data: range(0, expected.slices), process: "napBySpeed", cache: "refresh" } as const;
      expect(await best(() => deviation(grid.batch(spec), expected)), pool).toBeLessThan(0.2);
    }
  });
});
