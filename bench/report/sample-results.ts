/** Results for tests, made of the figures alone. */
import type { RunOutcome } from "../measurement.ts";
import type { MetricName } from "../metrics.ts";
import type { SystemName } from "../system.ts";
import type { ResultGroup, ResultRow, Results } from "./results.ts";

/** A round that gave these figures; every request took 1, 2 and 3 µs of CPU in client, workers and Redis. */
export function measured(figures: Partial<Record<MetricName, number>>): RunOutcome {
  const cpuSeconds = { client: 0.001, workers: 0.002, redis: 0.003 };
  return { kind: "measured", measurement: { requests: 1_000, cpuSeconds, figures } };
}

/** A row with a figure for each round; undefined: the round failed. */
export function sampleRow(
  name: string,
  system: SystemName,
  metric: MetricName,
  figures: ReadonlyArray<number | undefined>,
): ResultRow {
  const failed: RunOutcome = { kind: "failed", reason: "no result in 180 s" };
  const rounds = figures.map((figure) => (figure === undefined ? failed : measured({ [metric]: figure })));
  const isReference = system === "callgrid";
  return { name, system, workers: 2, settings: {}, repeats: 1, isReference, rounds };
}

export function sampleGroup(key: string, metric: MetricName, rows: readonly ResultRow[]): ResultGroup {
  return { key, title: `the group ${key}`, size: 10, metrics: [metric], rows };
}

/** Results of one workload. */
export function sampleResults(id: string, groups: readonly ResultGroup[]): Results {
  return {
    scale: "full",
    rounds: 3,
    environment: {
      date: "2030-01-02",
      node: "20.1.2",
      redis: "7.0.1",
      system: "linux 6 x64",
      processor: "Abacus",
      processors: 2,
      memoryGiB: 8,
      commit: "abc1234",
      packages: { callgrid: "0.1.0", bullmq: "6.0.0" },
    },
    workloads: [{ id, title: `the workload ${id}`, groups }],
  };
}
