import { describe, expect, it } from "vitest";
import { planRuns } from "./plan.ts";
import { systemNames } from "./system.ts";
import type { Case, Workload } from "./workload.ts";
import { workloads } from "./workloads/all.ts";

const ours: Case = { name: "ours", system: "callgrid", workers: 2, settings: {} };
const queue: Case = { name: "queue", system: "bullmq", workers: 2, settings: {} };
const slow: Case = { name: "slow", system: "floor", workers: 2, settings: {}, mostRounds: 1 };

const workload: Workload = {
  id: "W",
  title: "",
  groups: () => [
    { key: "one", title: "", size: 1, metrics: ["seconds"], cases: [ours, queue, slow] },
    { key: "two", title: "", size: 1, metrics: ["seconds"], cases: [ours, queue] },
  ],
  run: () => Promise.reject(new Error("it is only planned")),
};

function namesOf(rounds: number, systems = systemNames.slice()): string[] {
  const runs = planRuns([workload], { scale: "full", rounds, systems });
  return runs.map(({ group, round, case: one }) => `${group.key} ${round} ${one.name}`);
}

it("each round has one run of every system, and begins with another one", () => {
  expect(namesOf(2).filter((name) => name.startsWith("two"))).toEqual([
    "two 0 ours",
    "two 0 queue",
    "two 1 queue",
    "two 1 ours",
  ]);
});

it("what takes long is in the first rounds only", () => {
  expect(namesOf(3).filter((name) => name.endsWith("slow"))).toEqual(["one 0 slow"]);
});

it("systems that were not asked for are left out", () => {
  expect(namesOf(1, ["bullmq"])).toEqual(["one 0 queue", "two 0 queue"]);
});

describe.each(["full", "quick"] as const)("the workloads at %s scale", (scale) => {
  const groups = workloads.flatMap(({ id, groups: groupsOf }) => groupsOf(scale).map((group) => ({ id, ...group })));

  it.each(groups)("$id $key has one name for each case, and callgrid among them", ({ cases }) => {
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    expect(cases.some(({ system }) => system === "callgrid")).toBe(true);
  });

  it("has one key for each group", () => {
    const keys = groups.map(({ id, key }) => `${id} ${key}`);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

it("a quick run is of every system, and of so few runs of two seconds each that a minute is enough", () => {
  const runs = planRuns(workloads, { scale: "quick", rounds: 1, systems: systemNames });
  expect(new Set(runs.map(({ case: { system } }) => system))).toEqual(new Set(systemNames));
  expect(runs.length).toBeLessThanOrEqual(25);
});
