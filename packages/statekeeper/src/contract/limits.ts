/**
 * How much one operation looks at. Whatever a bound leaves out has its turn later: an operation goes on where the last one stopped.
 * Both statekeepers have the numbers from here, and tests make them small.
 */
export type Limits = {
  /** Requests that one drawing passes over on one queue. */
  readonly passedPerQueue: number;
  /** Requests that one drawing passes over on the queues of one line: those of a priority's callers, or other members' own. */
  readonly passedPerLine: number;
  /** Callers of one priority that one drawing looks at. */
  readonly callersPerLine: number;
  /** Processes whose lease has lapsed that one sweep retires. */
  readonly lapsedPerSweep: number;
  /** Claims among which one sweep looks for late ones. */
  readonly claimsPerSweep: number;
  /** Requests that one sweep compares with what is derived from them. */
  readonly auditedPerSweep: number;
  /** How long, in ms, the comparison of all requests takes at least: with few requests, sweeps go without it in between. */
  readonly auditEveryMs: number;
};

export const usualLimits: Limits = {
  passedPerQueue: 250,
  passedPerLine: 1_000,
  callersPerLine: 1_000,
  lapsedPerSweep: 16,
  claimsPerSweep: 64,
  auditedPerSweep: 100,
  auditEveryMs: 1_000,
};
