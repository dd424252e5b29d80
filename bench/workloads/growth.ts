/** W7: how speed and memory change as more is queued, and as calls nest deeper. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Measurement } from "../measurement.ts";
import { treeSize } from "../nested-tasks.ts";
import { countText } from "../report/figure-text.ts";
import { type Stage, withFigures } from "../run/stage.ts";
import {
  auto,
  beeQueueMany,
  bullMqMany,
  type Case,
  floorMany,
  type Group,
  type Scale,
  strict,
  type Workload,
} from "../workload.ts";
import { noOpTasks } from "./no-ops.ts";
import { measureTree } from "./tree.ts";

/** The others take minutes for more, and have shown by then how they grow. */
const mostForOthers = 100_000;
/** The same before all sizes, so that it is the size that differs. */
const warmUpTasks = 5_000;
/** Redis looks at the buffers of its connections, which are not counted, once a second. */
const settleMs = 1_500;
/** Above this one figure is as good as three. */
const manyTasks = 100_000;
const bullMqGrown: Case = { ...bullMqMany, settings: { concurrency: 100, eventsKept: 1_000_000 } };

function queued(count: number, scale: Scale): Group {
  const ours: Case = { ...strict, settings: { ...strict.settings, window: count } };
  const others = scale === "full" && count <= mostForOthers ? [bullMqGrown, beeQueueMany, floorMany] : [];
  const cases = [ours, ...others].map((one) => (count >= manyTasks ? { ...one, mostRounds: 3 } : one));
  const title = `${countText(count)} no-ops queued at once`;
  return { key: `queued-${count}`, title, size: count, metrics: ["perSecond", "workerBytesPerItem"], cases };
}

function stored(count: number, scale: Scale): Group {
  const others = scale === "quick" ? [] : [bullMqMany, beeQueueMany, floorMany];
  const cases = [strict, ...others].map((one) => ({ ...one, workers: 0 }));
  const title = `memory in Redis with ${countText(count)} no-ops queued and no workers`;
  return { key: `stored-${count}`, title, size: count, metrics: ["redisBytesPerItem"], cases };
}

function nested(depth: number, scale: Scale): Group {
  const cases = (scale === "quick" ? [auto] : [strict, auto]).map((one) =>
    treeSize(depth) >= manyTasks ? { ...one, mostRounds: 3 } : one,
  );
  const title = `a tree of depth ${depth}, ${countText(treeSize(depth))} calls`;
  return { key: `depth-${depth}`, title, size: depth, metrics: ["perSecond", "workerBytesPerItem"], cases };
}

function groups(scale: Scale): readonly Group[] {
  if (scale === "quick") return [queued(10_000, scale), stored(10_000, scale), nested(5, scale)];
  const counts = [1_000, 10_000, 100_000, 1_000_000];
  const depths = [3, 4, 5, 6, 7, 8];
  return [
    ...counts.map((count) => queued(count, scale)),
    ...[stored(10_000, scale), stored(100_000, scale)],
    ...depths.map((depth) => nested(depth, scale)),
  ];
}

export const growth: Workload = {
  id: "W7",
  title: "growth: more queued, deeper trees",
  groups,
  run: (stage) => {
    if (stage.group.key.startsWith("depth-")) return measureTree(stage, 0);
    return stage.group.key.startsWith("stored-") ? measureStored(stage) : measureQueued(stage);
  },
};

async function measureQueued(stage: Stage): Promise<Measurement> {
  const { size } = stage.group;
  await stage.check(noOpTasks("warm-up", warmUpTasks), (index) => index);
  return stage.measureTasks(noOpTasks("measured", size), (index) => index);
}

async function measureStored(stage: Stage): Promise<Measurement> {
  const { size } = stage.group;
  const tasks = noOpTasks("measured", size);
  const before = await stage.storedBytes();
  const measurement = await stage.measure(size, async () => stage.system.queueUp?.(tasks));
  await sleep(settleMs);
  const after = await stage.storedBytes();
  return withFigures(measurement, { redisBytesPerItem: (after - before) / size });
}
