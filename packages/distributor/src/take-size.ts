/** How much a bridge takes from the parent: a pure decision, so that it can be read off a table. */

/** How a pool stands beside what it has taken from its parent. */
export interface Appetite {
  /** Ids in the pool's queue and those of callers. */
  readonly queued: number;
  /** How many requests its volunteers ask for. */
  readonly wanted: number;
  /** How many requests from the parent it has in hand. */
  readonly taken: number;
  /** How many requests its members can run at a time, as far as was seen. */
  readonly eaters: number;
}

/** What to claim. */
export interface TakeSize {
  readonly max: number;
  readonly budgetMicros: number;
  readonly volunteerFor: number;
}

/** Work for so long is taken at a time, or two requests a member if they take longer. */
const aheadMicros = 100_000;
const requestsPerEater = 2;
const mostPerEater = 64;
const mostPerClaim = 1_000;

/** How many requests the members can run at a time, by what was seen now and before. */
export function countEaters({ wanted, taken, eaters }: Omit<Appetite, "queued">): number {
  return taken === 0 ? wanted : Math.max(eaters, wanted);
}

/**
 * The claim to make now; undefined while the pool has work of its own, or enough in hand. What is queued beside members that idle is
 * nothing that these could do.
 */
export function takeSize({ queued, wanted, taken, eaters }: Appetite): TakeSize | undefined {
  const hasOwnWork = wanted === 0 && queued > taken;
  if (hasOwnWork || eaters === 0) return undefined;
  const enough = wanted === 0 ? requestsPerEater * eaters : mostPerEater * eaters;
  if (taken >= enough) return undefined;
  return {
    max: Math.min(mostPerClaim, mostPerEater * eaters),
    budgetMicros: aheadMicros * eaters,
    volunteerFor: wanted,
  };
}

/** Whether so little is left of what was taken that more should be taken before the members are idle. */
export function isRunningLow(taken: number, eaters: number, mostTaken: number): boolean {
  return taken <= Math.max(eaters, mostTaken / 2);
}
