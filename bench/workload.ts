/** What a workload is: groups of cases that are compared with each other, and how one of them is run. */
import type { Measurement } from "./measurement.ts";
import type { MetricName } from "./metrics.ts";
import type { Stage } from "./run/stage.ts";
import type { Settings, SystemName } from "./system.ts";

/** `quick`: every workload once and small, with a few of the others, to see that it works; its figures say little. */
export type Scale = "full" | "quick";

/** One system under one setting: a row of the report. */
export interface Case {
  /** Unique in its group. */
  readonly name: string;
  readonly system: SystemName;
  readonly workers: number;
  readonly settings: Settings;
  /** For what takes long and varies little; absent: as many as asked for. */
  readonly mostRounds?: number;
  /** How often the work is done in one measurement, where once is too short; absent: once. */
  readonly repeats?: number;
  /** Whether the report has a column of ratios to it; absent: if it is callgrid. */
  readonly isReference?: boolean;
}

/** Cases that do the same work. */
export interface Group {
  /** Unique in its workload, and the same at every scale. */
  readonly key: string;
  readonly title: string;
  /** Tasks, depth, digits: what the workload is scaled by. */
  readonly size: number;
  /** What is shown, and compared by its first. */
  readonly metrics: readonly [MetricName, ...MetricName[]];
  readonly cases: readonly Case[];
}

export interface Workload {
  readonly id: string;
  readonly title: string;
  groups(scale: Scale): readonly Group[];
  /** Warms up, measures, and throws if a value is wrong. */
  run(stage: Stage): Promise<Measurement>;
}

/** callgrid's strict path: every call goes through Redis. */
export const strict: Case = { name: "callgrid strict", system: "callgrid", workers: 2, settings: { sharing: "eager" } };

/** callgrid as it comes: small calls stay in memory. */
export const auto: Case = { name: "callgrid", system: "callgrid", workers: 2, settings: { sharing: "auto" } };

/** The settings at which each of the others did most tasks at a time when they were tried out. */
export const bullMqMany: Case = { name: "BullMQ", system: "bullmq", workers: 2, settings: { concurrency: 100 } };
export const beeQueueMany: Case = {
  name: "bee-queue",
  system: "bee-queue",
  workers: 2,
  settings: { concurrency: 100 },
};
export const piscinaMany: Case = { name: "Piscina", system: "piscina", workers: 2, settings: { concurrency: 16 } };

/** One task at a time in each worker. */
export const bullMqOne: Case = { ...bullMqMany, name: "BullMQ, one at a time", settings: { concurrency: 1 } };
export const beeQueueOne: Case = { ...beeQueueMany, name: "bee-queue, one at a time", settings: { concurrency: 1 } };
export const piscinaOne: Case = { ...piscinaMany, name: "Piscina, one at a time", settings: { concurrency: 1 } };

export const floorOne: Case = {
  name: "bare lists, one at a time",
  system: "floor",
  workers: 2,
  settings: { batch: 1 },
};
export const floorMany: Case = {
  name: "bare lists, 100 at a time",
  system: "floor",
  workers: 2,
  settings: { batch: 100 },
};
