/** W3: a request that asks for others, which ask for others: a tree of distinct calls, with nothing to share or to cache. */

import type { Measurement } from "../measurement.ts";
import { treeSize } from "../nested-tasks.ts";
import { countText } from "../report/figure-text.ts";
import type { Stage } from "../run/stage.ts";
import {
  auto,
  beeQueueMany,
  bullMqMany,
  type Case,
  type Group,
  type Scale,
  strict,
  type Workload,
} from "../workload.ts";

const leastWarmUpTrees = 2;
/** Every leaf costs 1 ms of CPU. */
const dearLeaves = "dear-leaves";

const bullMqSteps: Case = { ...bullMqMany, settings: { concurrency: 100, nesting: "steps" } };
/** Fewer than there are inner tasks, and it hangs. */
const beeQueueWaiting: Case = { ...beeQueueMany, settings: { concurrency: 1_000, nesting: "waiting" } };

function oneWorker(two: Case): Case {
  return { ...two, name: `${two.name}, 1 worker`, workers: 1, isReference: false };
}

function emptyLeaves(scale: Scale): Group {
  const depth = scale === "quick" ? 4 : 5;
  const others = scale === "quick" ? [] : [bullMqSteps];
  const cases = [strict, { ...auto, repeats: 20 }, ...others, beeQueueWaiting];
  const title = `${countText(treeSize(depth))} nested calls that cost nothing`;
  return { key: "empty-leaves", title, size: depth, metrics: ["perSecond", "evaluations"], cases };
}

function leavesOfOneMs(scale: Scale): Group {
  const depth = scale === "quick" ? 3 : 5;
  const local = [auto, oneWorker(auto)];
  const cases = scale === "quick" ? local : [...local, strict, oneWorker(strict)];
  const title = `${countText(treeSize(depth))} nested calls, 1 ms of CPU in every leaf`;
  return { key: dearLeaves, title, size: depth, metrics: ["perSecond", "evaluations"], cases };
}

export const tree: Workload = {
  id: "W3",
  title: "a tree of nested calls, fan-out 5",
  groups: (scale) => [emptyLeaves(scale), leavesOfOneMs(scale)],
  run: (stage) => measureTree(stage, stage.group.key === dearLeaves ? stage.loopsPerMs : 0),
};

/** Measures trees of the group's depth, after warming up with as large ones. */
export async function measureTree(stage: Stage, leafLoops: number): Promise<Measurement> {
  const warmUpTrees = Math.max(leastWarmUpTrees, stage.repeats);
  for (let count = 0; count < warmUpTrees; count++) await growTree(stage, `warm-up-${count}`, leafLoops);
  return stage.measure(stage.repeats * treeSize(stage.group.size), async () => {
    for (let count = 0; count < stage.repeats; count++) await growTree(stage, `measured-${count}`, leafLoops);
  });
}

async function growTree(stage: Stage, salt: string, leafLoops: number): Promise<void> {
  const { size: depth } = stage.group;
  const value = await stage.system.runOne(["tree", depth, salt, leafLoops]);
  if (value !== treeSize(depth))
    throw new Error(`a tree of ${treeSize(depth)} calls has come back as ${String(value)}`);
}
