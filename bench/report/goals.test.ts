import { describe, expect, it } from "vitest";
import type { Scale } from "../workload.ts";
import { workloads } from "../workloads/all.ts";
import { bestOf, goalStates, isReached } from "./goals.ts";
import { sampleGroup, sampleResults, sampleRow } from "./sample-results.ts";

const noOps = sampleGroup("no-ops", "perSecond", [
  sampleRow("callgrid strict", "callgrid", "perSecond", [60, 70, 80]),
  sampleRow("BullMQ", "bullmq", "perSecond", [10, 10, 10]),
  sampleRow("BullMQ, one at a time", "bullmq", "perSecond", [5, 5, 5]),
  sampleRow("bee-queue", "bee-queue", "perSecond", [35, 35, 35]),
]);

it("a goal is held against the best setting of a peer", () => {
  const states = goalStates(sampleResults("W1", [noOps])).map((state) => [state.text, state.reached, isReached(state)]);
  expect(states).toEqual([
    ["strict path ÷ BullMQ", 7, true],
    ["strict path ÷ bee-queue", 2, false],
    ["strict path ÷ Piscina", undefined, undefined],
    ["strict path, requests/s", 70, false],
  ]);
});

it("the best has most where more is better, and least where less is", () => {
  expect(bestOf(noOps, ["bullmq"], "perSecond")?.name).toBe("BullMQ");
  const times = sampleGroup("trips", "p50Ms", [
    sampleRow("slow", "bullmq", "p50Ms", [3]),
    sampleRow("fast", "bullmq", "p50Ms", [2]),
    sampleRow("hung", "bullmq", "p50Ms", [undefined]),
  ]);
  expect(bestOf(times, ["bullmq"], "p50Ms")?.name).toBe("fast");
  expect(bestOf(times, ["piscina"], "p50Ms")).toBeUndefined();
});

it("growth compares two groups", () => {
  const queued = (count: number, perSecond: number) =>
    sampleGroup(`queued-${count}`, "perSecond", [sampleRow("callgrid strict", "callgrid", "perSecond", [perSecond])]);
  const states = goalStates(sampleResults("W7", [queued(10_000, 100), queued(1_000_000, 95)]));
  expect(states.at(-1)).toMatchObject({ workload: "W7", limit: 0.9, reached: 0.95 });
});

describe("with every figure at 1", () => {
  const results = (scale: Scale) => ({
    ...sampleResults("", []),
    workloads: workloads.map(({ id, title, groups }) => ({
      id,
      title,
      groups: groups(scale).map((group) => {
        const figures = Object.fromEntries(group.metrics.map((metric) => [metric, 1]));
        const cpuSeconds = { client: 0, workers: 0, redis: 0 };
        const rounds = [{ kind: "measured", measurement: { requests: 1, cpuSeconds, figures } } as const];
        const rows = group.cases.map((one) => ({ ...one, repeats: 1, isReference: true, rounds }));
        return { ...group, rows };
      }),
    })),
  });

  it("every goal finds the rows that it is about", () => {
    expect(goalStates(results("full")).filter(({ reached }) => reached !== 1)).toEqual([]);
  });
});
