import { expect, it } from "vitest";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import { makePlan, type PlanBasis } from "./make-plan.ts";
import type { PilotReport } from "./pilot.ts";
import type { Plan } from "./plan.ts";
import { surveyOf } from "./pool-survey.ts";

/** A plan of 1,000 slices for a pool of workers with these scores; the first of them took 100 ms for a slice. */
function planFor(scores: readonly number[], isSerialPossible = false, given: Partial<PlanBasis> = {}): Plan {
  const members = scores.map((score, place) => ({
    ...{ id: `w${place}`, kind: "worker", functions: {}, leaseLeftMs: 1_000 },
    description: { host: `host-${place}`, slots: 1, cpus: 1, score },
  }));
  const state = { members, functions: { epoch: 1, functions: new Map() } };
  const survey = surveyOf(state as unknown as Parameters<typeof surveyOf>[0]);
  const pilot: PilotReport = {
    ...{ worker: "pool/w0", largestUnits: 4, bytesPerUnit: 8, finished: [] },
    workload: { msPerUnit: 100, busyRatio: 1, overheadMs: 1 },
  };
  const spec = { name: "batch", objective: "fast" } as CheckedSpec;
  const work = { process: { name: "f", version: "1", generation: 0 }, onError: { policy: "fail" } } as const;
  const notSerial = isSerialPossible ? undefined : "it is not defined in it";
  return makePlan({
    ...{ spec, pilot, setting: { work, survey, notSerial }, totalUnits: 1_000 },
    ...{ unit: "slice", isLocal: false, localLanes: 0 },
    ...given,
  });
}

it.each([
  ["equal ones", [1, 1, 1, 1], 25_000],
  ["equal ones, whatever their score", [7, 7, 7, 7], 25_000],
  ["slower ones than the measured", [1, 0.5, 0.5], 50_000],
  ["faster ones than the measured", [1, 2, 2], 20_000],
])("workers count for their scores against that of the measured one: %s", (_, scores, expected) => {
  const { lanes, predictedMs = 0 } = planFor(scores);
  expect(lanes).toBe(scores.length);
  expect(predictedMs).toBeGreaterThan(expected);
  expect(predictedMs).toBeLessThan(expected * 1.05);
});

it("the plan says what the lanes are worth where they differ, and nothing of scores where they do not", () => {
  const plan = planFor([2, 1, 0.5]);
  expect(plan.explain()).toContain("Measured on 4 slices by a worker of score 2: 100 ms a slice");
  expect(plan.explain()).toContain(
    "an average lane of the pool is worth 0.58 of the measured one, the slowest 0.25, and all 3 together 1.8.",
  );
  expect(plan.describe()).toMatchObject({ scores: { lanes: 3, pilot: 2, least: 0.5 } });
  expect(planFor([2, 2]).explain()).not.toMatch(/scores?\b/);
});

it("a fast pool is preferred to this process, and this process to a slow one", () => {
  expect(planFor([4], true).mode).toBe("distributed");
  expect(planFor([0.25], true).mode).toBe("serial");
});

it("the next chunk waits at the door of a serial thread only where there is no other to take it", () => {
  const serial = { isLocal: true, spec: { name: "batch", objective: "fast", mode: "serial" } as CheckedSpec };
  expect(planFor([1], false, serial).window).toBe(2);
  expect(planFor([1, 1], false, serial).window).toBe(1);
  expect(planFor([1], true, serial).window).toBe(1);
});

it("chunks of a given size are what the plan predicts, and many more of them are open where they are small", () => {
  const given = (chunkUnits: number, overheadMs: number): Plan => {
    const spec = { name: "batch", objective: "fast", chunkUnits } as CheckedSpec;
    const pilot: PilotReport = {
      ...{ worker: "pool/w0", largestUnits: 1, bytesPerUnit: 8, finished: [] },
      workload: { msPerUnit: 1, busyRatio: 1, overheadMs },
    };
    return planFor([1, 1], false, { spec, pilot });
  };
  expect(given(1, 4)).toMatchObject({ predictedMs: 500 * 5, window: 2 * (2 + 4), chunkUnits: 1 });
  expect(given(250, 4)).toMatchObject({ predictedMs: 2 * 254, window: 4, chunkUnits: 250 });
  expect(given(1, 1_000).window).toBe(2 * 16);
});

it("a plan has how many nodes a batch needs to be done within a time, and says where no number is enough", () => {
  const plan = planFor([1, 1]);
  const needed = plan.nodesWithin(10_000) ?? 0;
  expect(needed).toBeGreaterThanOrEqual(10);
  expect(needed).toBeLessThanOrEqual(12);
  expect(plan.predictFor(needed).elapsedMs).toBeLessThanOrEqual(10_000);
  expect(plan.predictFor(needed - 1).elapsedMs).toBeGreaterThan(10_000);
  expect(plan.explain(undefined, 10_000)).toContain(`To be done within 10 s, it needs ${needed} nodes`);
  expect(plan.describe([], 10_000)).toMatchObject({ required: { withinMs: 10_000, nodes: needed } });
  expect(plan.nodesWithin(50)).toBeUndefined();
  expect(plan.explain(undefined, 50)).toContain("No number of nodes is done within 50 ms");
});

it("of data of unknown length a plan has the rates by the number of nodes", () => {
  const plan = planFor([1, 1], false, { totalUnits: undefined });
  const text = plan.explain([1, 10], 600_000);
  expect(text).toMatch(/nodes +slices per second +time per 1,000 slices +slices in 10 min +rate as a curve/);
  expect(text).toMatch(/\n +1 +10 +1\.7 min +5,99\d +█+\n +10 +100 +10 s +59,9\d\d +█+/);
  expect(plan.describe([10], 600_000)).toMatchObject({ required: { nodes: null }, predictions: [{ nodes: 10 }] });
  expect(plan.predictFor(10).unitsPerSecond).toBeCloseTo(100, 0);
});
