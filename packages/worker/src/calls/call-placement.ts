/**
 * Decides where a re-entrant call waits to be evaluated: pure, so that the rule can be read and tested in one place.
 */
import { placement } from "../timing/tuning.ts";

/** `memory`: the in-memory end of the own queue; `own-queue`: the own queue in the statekeeper; `pool`: the pool's queue. */
export type Placement = "memory" | "own-queue" | "pool";

/** Where a call goes, given what is known of its function. */
export function placeCall(facts: {
  /** `sharing: "eager"`: nothing stays in memory. */
  readonly isEager: boolean;
  /** A worker has died while running the caller: the next death is to name the request whose code ran. */
  readonly isOfSuspect: boolean;
  /** Whether this worker has the function at the pool's current version. */
  readonly isKnownHere: boolean;
  /** Whether the function has a limit of its own: for one that never yields, only requests that the pool knows can be reported. */
  readonly hasTimeout: boolean;
  /** Mean self time in ms; undefined until enough was seen to go by it. */
  readonly usualMs: number | undefined;
}): Placement {
  if (!facts.isKnownHere) return "pool";
  if (facts.isEager || facts.isOfSuspect || facts.hasTimeout) return "own-queue";
  return isSmallCall(facts.usualMs) ? "memory" : "own-queue";
}

/** Whether a call is too small to be worth a round trip. */
export function isSmallCall(usualMs: number | undefined): boolean {
  return usualMs !== undefined && usualMs <= placement.smallCallMs;
}
