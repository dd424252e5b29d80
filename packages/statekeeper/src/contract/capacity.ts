/** How many workers a pool should have, and the figures that this is computed from. Part of the contract. */

/** How much `survey` looks at. */
export interface SurveyRequest {
  /** At most so many waiting requests. */
  readonly requests: number;
  /** At most so many members; their sum is extrapolated to all. */
  readonly members: number;
}

/** The figures from which the number of desired workers is computed. */
export interface Survey {
  /** Requests that wait, in the pool's queue and in members' own; stale ids included. */
  readonly queued: number;
  readonly workers: number;
  /** Workers that have volunteered. */
  readonly idleWorkers: number;
  /** How many functions a worker runs at a time; 1 without workers. */
  readonly slotsPerWorker: number;
  /** Whose lease is alive. */
  readonly hosts: readonly HostState[];
  /** Work that has been announced and has not ended, by id. */
  readonly expected: readonly ExpectedWork[];
  /** Some of those that wait, from both ends of the pool's queue and the old ends of members' own, by id. */
  readonly waiting: readonly WaitingRequest[];
}

/** A request that waits. */
export interface WaitingRequest {
  readonly id: string;
  /** The measured self time of its function, in µs; undefined until it is measured. */
  readonly selfMicros: number | undefined;
}

/** What the agent of a machine reports about itself. */
export interface HostReport {
  readonly id: string;
  readonly leaseMs: number;
  /** How good it is compared with other hosts; more than 0. */
  readonly score: number;
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** Shown in `status`; plain data. */
  readonly description: Readonly<Record<string, unknown>>;
}

/** A host that has reported. */
export interface HostState extends Omit<HostReport, "leaseMs"> {
  /** ms until its lease lapses; negative: lapsed and not yet swept. */
  readonly leaseLeftMs: number;
}

/** How many workers a pool should have. */
export interface Capacity {
  readonly desiredWorkers: number;
  /** Of these each host, by id. */
  readonly shares: Readonly<Record<string, number>>;
  /** How long ago that was computed, in ms. */
  readonly ageMs: number;
}

/** Work that is not queued yet: the rest of a batch, or a spike that is known beforehand. */
export interface AnnouncedWork {
  /** An announcement replaces an earlier one of the same id. */
  readonly id: string;
  /** How long all of it takes one slot, in ms; 0 withdraws the announcement. */
  readonly workMs: number;
  /** When it begins, in ms from now; 0: it is under way. */
  readonly startsInMs: number;
  /** How long it may take from its beginning, in ms; 0: like requests that are queued. */
  readonly withinMs: number;
  /** When the announcement ends, in ms from now. */
  readonly ttlMs: number;
}

/** Announced work as the pool knows it; times are ms from now. */
export interface ExpectedWork extends Omit<AnnouncedWork, "ttlMs"> {
  readonly endsInMs: number;
}

/** How many workers get announced work done in time, if they are busy nine tenths of it. Pure. */
export function neededWorkers(
  { workMs, withinMs }: Pick<AnnouncedWork, "workMs" | "withinMs">,
  slotsPerWorker: number,
): number {
  // a whole number but for the last bits counts as one
  return Math.ceil(workMs / (withinMs * slotsPerWorker * utilisation) - 1e-9);
}

/** How busy workers are kept, so that work which arrives unevenly finds an idle one. */
export const utilisation = 0.9;
