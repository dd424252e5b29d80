/** All outcomes of a bench, and what is asked about them. The JSON of the results is this record. */
import type { Environment } from "../environment.ts";
import type { CpuSeconds, Measurement, RunOutcome } from "../measurement.ts";
import type { MetricName } from "../metrics.ts";
import type { PlannedRun } from "../plan.ts";
import type { Settings, SystemName } from "../system.ts";
import type { Scale } from "../workload.ts";
import { pairedRatios, type Summary, summarize } from "./statistics.ts";

export interface ResultRow {
  readonly name: string;
  readonly system: SystemName;
  readonly workers: number;
  readonly settings: Settings;
  readonly repeats: number;
  /** Whether the other rows are compared with it. */
  readonly isReference: boolean;
  /** By round; undefined (null in JSON) for a round that the row took no part in. */
  readonly rounds: ReadonlyArray<RunOutcome | undefined>;
}

export interface ResultGroup {
  readonly key: string;
  readonly title: string;
  readonly size: number;
  readonly metrics: readonly MetricName[];
  readonly rows: readonly ResultRow[];
}

export interface ResultWorkload {
  readonly id: string;
  readonly title: string;
  readonly groups: readonly ResultGroup[];
}

export interface Results {
  readonly scale: Scale;
  readonly rounds: number;
  readonly environment: Environment;
  readonly workloads: readonly ResultWorkload[];
}

/** A run that was made. */
export interface FinishedRun extends PlannedRun {
  readonly outcome: RunOutcome;
}

/** Runs by workload, group and row, each in the order in which it first occurs in its workload. */
export function collectResults(runs: readonly FinishedRun[]): readonly ResultWorkload[] {
  return partsOf(runs, ({ workload }) => workload).map(([{ id, title }, ofWorkload]) => ({
    id,
    title,
    groups: partsOf(ofWorkload, ({ group }) => group.key).map(([, ofGroup]) => groupOf(ofGroup)),
  }));
}

function groupOf(runs: readonly FinishedRun[]): ResultGroup {
  const { key, title, size, metrics, cases } = first(runs).group;
  const rows = cases.flatMap((one) => {
    const { name, system, workers, settings, repeats = 1, isReference = system === "callgrid" } = one;
    const ofRow = runs.filter((run) => run.case.name === name);
    if (ofRow.length === 0) return [];
    const rounds = Array.from({ length: 1 + Math.max(...ofRow.map(({ round }) => round)) }, (_, round) => {
      return ofRow.find((run) => run.round === round)?.outcome;
    });
    return [{ name, system, workers, settings, repeats, isReference, rounds }];
  });
  return { key, title, size, metrics, rows };
}

function partsOf<Key>(runs: readonly FinishedRun[], keyOf: (run: FinishedRun) => Key): Array<[Key, FinishedRun[]]> {
  const parts = new Map<Key, FinishedRun[]>();
  for (const run of runs) parts.set(keyOf(run), [...(parts.get(keyOf(run)) ?? []), run]);
  return [...parts];
}

function first<Item>(items: readonly Item[]): Item {
  const [item] = items;
  if (item === undefined) throw new Error("unreachable: a part has runs");
  return item;
}

/** The measurements of a row by round. */
export function measurementsOf(row: ResultRow): ReadonlyArray<Measurement | undefined> {
  return row.rounds.map((outcome) => (outcome?.kind === "measured" ? outcome.measurement : undefined));
}

/** A figure of a row by round. */
function figuresOf(row: ResultRow, metric: MetricName): ReadonlyArray<number | undefined> {
  return measurementsOf(row).map((measurement) => measurement?.figures[metric]);
}

export function summaryOf(row: ResultRow, metric: MetricName): Summary | undefined {
  return summarize(figuresOf(row, metric).filter((figure) => figure !== undefined));
}

/** One row's figure divided by another's. */
export function ratioOf(metric: MetricName, numerator: ResultRow, denominator: ResultRow): Summary | undefined {
  return summarize(pairedRatios(figuresOf(numerator, metric), figuresOf(denominator, metric)));
}

/** CPU µs of one request, by part; medians. */
export function cpuMicrosOf(row: ResultRow): CpuSeconds | undefined {
  const measured = measurementsOf(row).filter((measurement) => measurement !== undefined);
  const median = (part: keyof CpuSeconds): number | undefined =>
    summarize(measured.map(({ cpuSeconds, requests }) => (1_000_000 * cpuSeconds[part]) / requests))?.median;
  const [client, workers, redis] = [median("client"), median("workers"), median("redis")];
  return client === undefined || workers === undefined || redis === undefined ? undefined : { client, workers, redis };
}

/** Why rounds gave nothing, each reason once. */
export function failuresOf(row: ResultRow): readonly string[] {
  return [...new Set(row.rounds.flatMap((outcome) => (outcome?.kind === "failed" ? [outcome.reason] : [])))];
}
