/** How the grid of a run is set up: how many nodes, how quick their leases and checks. Drawn from the seed. */
import { type Limits, usualLimits } from "@callgrid/statekeeper";
import { type FunctionName, functionNames } from "./call-graph.ts";
import type { Random } from "./random.ts";

export interface GridManner {
  readonly workers: number;
  readonly clients: number;
  readonly distributors: number;
  readonly worker: {
    readonly slots: number;
    readonly leaseMs: number;
    readonly checkEveryMs: number;
    readonly maxAttempts: number;
    readonly suspendedLimit: number;
    readonly recentResultsLimit: number;
  };
  readonly client: { readonly leaseMs: number; readonly checkEveryMs: number };
  readonly distributor: {
    readonly leaseMs: number;
    readonly hoistEveryMs: number;
    readonly copyAfterMs: number;
    readonly maxAttempts: number;
  };
  /** After how long at most a dead node is replaced; and how often its death is reported to the pool. */
  readonly longestReplaceMs: number;
  readonly reportedShare: number;
  /** How long results of the function `fleeting` are kept. */
  readonly fleetingTtlMs: number;
  /** Functions that the workers at each place lack; workers at the first place lack none. */
  readonly lacking: ReadonlyArray<ReadonlySet<FunctionName>>;
  /** From when on workers that start have a new version of their functions; Infinity: never. */
  readonly deployedAtMs: number;
  /** Whether any call has a limit of time or is aborted. */
  readonly hasImpatientCalls: boolean;
  /** How much one operation of the statekeeper looks at. */
  readonly limits: Limits;
}

// Deaths are so frequent here that a request would often be given up; the right value is wanted of every one.
const maxAttempts = 100;

export function drawGridManner(random: Random): GridManner {
  const workers = random.integer(1, 4);
  const lacking = drawLacking(random, workers);
  const clientChecksMs = Math.round(random.logarithmic(100, 1_000));
  return {
    workers,
    clients: random.integer(1, 3),
    distributors: random.pick([0, 1, 1, 2]),
    worker: {
      slots: random.integer(1, 4),
      leaseMs: Math.round(random.logarithmic(300, 2_000)),
      checkEveryMs: Math.round(random.logarithmic(100, 1_000)),
      maxAttempts,
      suspendedLimit: random.pick([10_000, 10_000, 2, 1]),
      recentResultsLimit: random.pick([100_000, 100_000, 4, 0]),
    },
    client: { checkEveryMs: clientChecksMs, leaseMs: clientChecksMs * random.integer(3, 6) },
    distributor: {
      leaseMs: Math.round(random.logarithmic(200, 1_500)),
      hoistEveryMs: Math.round(random.logarithmic(50, 500)),
      copyAfterMs: random.pick([0, 1, 50, 1_000]),
      maxAttempts,
    },
    longestReplaceMs: random.logarithmic(100, 3_000),
    reportedShare: random.pick([0, 0.5, 1]),
    fleetingTtlMs: random.pick([0, 50, 1_000]),
    lacking,
    deployedAtMs: random.chance(0.3) ? random.between(0, 4_000) : Number.POSITIVE_INFINITY,
    hasImpatientCalls: random.chance(0.4),
    limits: random.chance(0.5) ? usualLimits : drawLimits(random),
  };
}

function drawLacking(random: Random, workers: number): GridManner["lacking"] {
  const hasSpecialists = random.chance(0.3);
  return Array.from({ length: workers }, (_, place) => {
    const lacking = functionNames.filter(() => random.chance(0.4)).slice(1);
    return new Set(hasSpecialists && place > 0 ? lacking : []);
  });
}

/** So small that every one of them is met. */
function drawLimits(random: Random): Limits {
  const names = Object.keys(usualLimits) as Array<keyof Limits>;
  return Object.fromEntries(names.map((name) => [name, random.integer(1, 4)])) as Limits;
}
