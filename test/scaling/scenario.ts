/** What happens in a scaling run: how much work there is when, and what goes wrong meanwhile. */

export interface Scenario {
  readonly name: "full" | "usual" | "rough";
  /**
   * How much of what the workers could do arrives, evenly over the run; 1 or more: all of it is there at the beginning.
   */
  readonly load: number;
  /** How many of the workers are slower than the others, and how much slower. */
  readonly slowShare: number;
  readonly slowness: number;
  /** How many of the workers die in the course of the run, each replaced a while later; their deaths are not reported to their pools. */
  readonly dyingShare: number;
  /** How much of the work arrives all at once at one leaf. */
  readonly spikeShare: number;
  readonly workerLeaseMs: number;
}

const calm = { slowShare: 0, slowness: 1, dyingShare: 0, spikeShare: 0, workerLeaseMs: 10_000 };

export const scenarios: readonly Scenario[] = [
  { ...calm, name: "full", load: 1 },
  { ...calm, name: "usual", load: 0.8 },
  { name: "rough", load: 0.7, slowShare: 0.1, slowness: 2, dyingShare: 0.02, spikeShare: 0.05, workerLeaseMs: 3_000 },
];
