/** What callgrid wants to reach, and how far it is: pure, from the results alone. */
import type { MetricName } from "../metrics.ts";
import { metrics } from "../metrics.ts";
import type { SystemName } from "../system.ts";
import { type ResultGroup, type ResultRow, type Results, ratioOf, summaryOf } from "./results.ts";

/** A goal, and whether it is reached. */
export interface GoalState {
  readonly workload: string;
  readonly text: string;
  readonly limit: number;
  readonly isAtLeast: boolean;
  /** Undefined where the bench did not measure it. */
  readonly reached: number | undefined;
}

interface Goal extends Omit<GoalState, "reached"> {
  readonly group: string;
  /** How far it is, in the group. */
  readonly read: (group: ResultGroup) => number | undefined;
}

/** The value of one row. */
function value(name: string, metric: MetricName): Goal["read"] {
  return (group) => {
    const row = rowNamed(group, name);
    return row === undefined ? undefined : summaryOf(row, metric)?.median;
  };
}

/** One row divided by another. */
function ratio(name: string, other: string, metric: MetricName): Goal["read"] {
  return (group) => {
    const [row, otherRow] = [rowNamed(group, name), rowNamed(group, other)];
    return row === undefined || otherRow === undefined ? undefined : ratioOf(metric, row, otherRow)?.median;
  };
}

/** One row divided by the best of some systems. */
function ratioToBest(name: string, systems: readonly SystemName[], metric: MetricName): Goal["read"] {
  return (group) => {
    const best = bestOf(group, systems, metric);
    return best === undefined ? undefined : ratio(name, best.name, metric)(group);
  };
}

/** The row of these systems with the best median. */
export function bestOf(group: ResultGroup, systems: readonly SystemName[], metric: MetricName): ResultRow | undefined {
  const sign = metrics[metric].isMoreBetter ? -1 : 1;
  const rank = (row: ResultRow): number => sign * (summaryOf(row, metric)?.median ?? 0);
  return group.rows
    .filter((row) => systems.includes(row.system) && summaryOf(row, metric) !== undefined)
    .sort((one, other) => rank(one) - rank(other))[0];
}

function rowNamed(group: ResultGroup, name: string): ResultRow | undefined {
  return group.rows.find((row) => row.name === name);
}

function atLeast(limit: number, workload: string, group: string, text: string, read: Goal["read"]): Goal {
  return { workload, group, text, limit, isAtLeast: true, read };
}

function atMost(limit: number, workload: string, group: string, text: string, read: Goal["read"]): Goal {
  return { workload, group, text, limit, isAtLeast: false, read };
}

const queues: readonly SystemName[] = ["bullmq", "bee-queue"];
const strict = "callgrid strict";
const auto = "callgrid";

const goals: readonly Goal[] = [
  atLeast(6, "W1", "no-ops", "strict path ÷ BullMQ", ratioToBest(strict, ["bullmq"], "perSecond")),
  atLeast(2.4, "W1", "no-ops", "strict path ÷ bee-queue", ratioToBest(strict, ["bee-queue"], "perSecond")),
  atLeast(1, "W1", "no-ops", "strict path ÷ Piscina", ratioToBest(strict, ["piscina"], "perSecond")),
  atLeast(65_000, "W1", "no-ops", "strict path, requests/s", value(strict, "perSecond")),
  atMost(1.3, "W2", "trips", "p50 ÷ bare lists", ratio(strict, "bare lists, one at a time", "p50Ms")),
  atMost(1, "W2", "trips", "p50 ÷ bee-queue", ratioToBest(strict, ["bee-queue"], "p50Ms")),
  atMost(1, "W2", "trips", "p99 ÷ bare lists", ratio(strict, "bare lists, one at a time", "p99Ms")),
  atLeast(3, "W3", "empty-leaves", "strict path ÷ best queue", ratioToBest(strict, queues, "perSecond")),
  atLeast(50, "W3", "empty-leaves", "local path ÷ best queue", ratioToBest(auto, queues, "perSecond")),
  atLeast(1.85, "W3", "dear-leaves", "two workers ÷ one", ratio(auto, `${auto}, 1 worker`, "perSecond")),
  atLeast(250_000, "W4", "distinct", "local path, one worker, calls/s", value(`${auto}, 1 worker`, "perSecond")),
  atLeast(60, "W4", "distinct", "local path ÷ best queue", ratioToBest(`${auto}, 1 worker`, queues, "perSecond")),
  atMost(20, "W4", "cached", "fib(80) warm, ms", value(`${auto}, 1 worker`, "milliseconds")),
  atMost(81, "W4", "cached", "fib(80), evaluations", value(`${auto}, 1 worker`, "evaluations")),
  atMost(
    1.15,
    "W5",
    "large",
    "one worker ÷ plain loop",
    ratio(`${auto}, the whole file, 1 worker`, "plain loop", "seconds"),
  ),
  atMost(0.6, "W5", "large", "two workers ÷ plain loop", ratio(`${auto}, the whole file`, "plain loop", "seconds")),
  atMost(1, "W5", "small", "two workers ÷ plain loop", ratio(`${auto}, the whole file`, "plain loop", "seconds")),
  atLeast(0.98, "W6", "naps", "share of the ideal", value(strict, "efficiency")),
  atMost(500, "W7", "stored-100000", "bytes in Redis per request", value(strict, "redisBytesPerItem")),
];

/** Whether the goals are reached. Only those of workloads that were run are named. */
export function goalStates({ workloads }: Results): readonly GoalState[] {
  const stated = goals.flatMap(({ read, group: key, ...goal }) => {
    const workload = workloads.find(({ id }) => id === goal.workload);
    if (workload === undefined) return [];
    const group = workload.groups.find((one) => one.key === key);
    return [{ ...goal, reached: group === undefined ? undefined : read(group) }];
  });
  const growth = workloads.find(({ id }) => id === "W7");
  return growth === undefined ? stated : [...stated, growthState(growth.groups)];
}

/** The one goal that spans two groups. */
function growthState(groups: readonly ResultGroup[]): GoalState {
  const speed = (key: string): number | undefined => {
    const group = groups.find((one) => one.key === key);
    return group === undefined ? undefined : value(strict, "perSecond")(group);
  };
  const [few, many] = [speed("queued-10000"), speed("queued-1000000")];
  const reached = few === undefined || many === undefined ? undefined : many / few;
  return {
    workload: "W7",
    text: "requests/s with 1,000,000 queued ÷ with 10,000",
    limit: 0.9,
    isAtLeast: true,
    reached,
  };
}

/** Whether a goal is reached; undefined where it was not measured. */
export function isReached({ limit, isAtLeast, reached }: GoalState): boolean | undefined {
  if (reached === undefined) return undefined;
  return isAtLeast ? reached >= limit : reached <= limit;
}
