/**
 * Decides when a worker asks for work and for how much: pure, so that the rule can be tested by tables.
 */
import type { ClaimReach } from "@callgrid/statekeeper";
import { claiming } from "../timing/tuning.ts";

/** The load of the worker when it considers a claim. */
export interface Workload {
  readonly freeSlots: number;
  /** Whether anything could run that only lacks a slot. */
  readonly hasWork: boolean;
  /** Whether calls wait in memory, which come before anything that is claimed. */
  readonly hasStacked: boolean;
  /** What the ready requests will take, by measured self times, in ms. */
  readonly readyMs: number;
  /** What the function started last is expected to take, or takes already, in ms; Infinity if unknown. */
  readonly runningMs: number;
  /** Whether the bound on held requests lets new ones in from outside. */
  readonly isOpenToRoots: boolean;
  /** A request that a worker has died of runs, or is about to: it runs alone. */
  readonly isQuarantined: boolean;
  /** Whether the pool knows that this worker is idle. */
  readonly isVolunteer: boolean;
  /** The last claim met the end of the queues, and nothing was added to the own queue since. */
  readonly foundQueuesEmpty: boolean;
}

/** What the worker knows of itself, in addition to the reply of the last claim. */
export type OwnWorkload = Omit<Workload, "isVolunteer" | "foundQueuesEmpty">;

/** What to ask for. */
export interface ClaimSize {
  readonly max: number;
  readonly budgetMicros: number;
  readonly spareMicros: number;
  readonly volunteerFor: number;
  readonly reach: ClaimReach;
}

const { budgetMicros, spareMicros, mostPerClaim, lowWaterMs, longestWaitMs, leastLookMs } = claiming;

/** The claim to make now, or undefined. */
export function claimSize(workload: Workload): ClaimSize | undefined {
  if (workload.isQuarantined) return undefined;
  return isIdle(workload) ? claimWhenIdle(workload) : claimAhead(workload);
}

/** When a worker that found the queues empty looks again, while a function runs, in ms; undefined: it waits for the function's end. */
export function lookAgainAfterMs({
  runningMs,
  ...load
}: Pick<Workload, "freeSlots" | "hasWork" | "runningMs">): number | undefined {
  return isIdle(load) || runningMs < leastLookMs || runningMs > longestWaitMs ? undefined : runningMs / 2;
}

/** Whether a slot is free, and there is nothing to run. */
export function isIdle({ freeSlots, hasWork }: Pick<Workload, "freeSlots" | "hasWork">): boolean {
  return freeSlots > 0 && !hasWork;
}

function claimWhenIdle({ isOpenToRoots, isVolunteer, foundQueuesEmpty, freeSlots }: Workload): ClaimSize | undefined {
  if (isVolunteer || (foundQueuesEmpty && !isOpenToRoots)) return undefined;
  const volunteerFor = isOpenToRoots ? freeSlots : 0;
  return { max: mostPerClaim, budgetMicros, spareMicros, volunteerFor, reach: isOpenToRoots ? "roots" : "children" };
}

function claimAhead({
  isOpenToRoots,
  hasStacked,
  readyMs,
  runningMs,
  foundQueuesEmpty,
}: Workload): ClaimSize | undefined {
  if (foundQueuesEmpty || hasStacked || readyMs >= lowWaterMs || runningMs > longestWaitMs) return undefined;
  return {
    max: mostPerClaim,
    budgetMicros,
    spareMicros,
    volunteerFor: 0,
    reach: isOpenToRoots ? "roots" : "own-queue",
  };
}
