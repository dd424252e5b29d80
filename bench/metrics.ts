/** The figures that a benchmark gives, and how each is read. */

interface MetricForm {
  readonly heading: string;
  readonly isMoreBetter: boolean;
}

export const metrics = {
  perSecond: { heading: "requests/s", isMoreBetter: true },
  seconds: { heading: "seconds", isMoreBetter: false },
  milliseconds: { heading: "ms", isMoreBetter: false },
  coldMilliseconds: { heading: "first run, ms", isMoreBetter: false },
  p50Ms: { heading: "p50 ms", isMoreBetter: false },
  p99Ms: { heading: "p99 ms", isMoreBetter: false },
  efficiency: { heading: "share of the ideal", isMoreBetter: true },
  megabytesPerSecond: { heading: "MB/s, both ways", isMoreBetter: true },
  evaluations: { heading: "evaluations", isMoreBetter: false },
  redisBytesPerItem: { heading: "bytes in Redis per request", isMoreBetter: false },
  workerBytesPerItem: { heading: "bytes in workers per request", isMoreBetter: false },
} as const satisfies Record<string, MetricForm>;

export type MetricName = keyof typeof metrics;
export type Figures = Readonly<Partial<Record<MetricName, number>>>;
