/**
 * How much a bridge carries from one pool to another, and how much of that it takes back: pure decisions, so that they can be read off a
 * table. Work goes to members that idle; a little is carried ahead, so that they need not idle first; and unstarted requests
 * return when members idle here.
 */
import type { CarryFrom, PoolSight } from "@callgrid/statekeeper";

/** The state of one direction of a bridge. @experimental */
export interface CrossingSight {
  /** The pool that requests are carried from. */
  readonly from: PoolSight;
  /** The pool that they are carried to. */
  readonly to: PoolSight;
  /** How many carried requests have not started there. */
  readonly unstarted: number;
  /** How many of these have been there for a round: members that idle there cannot start them. */
  readonly passedOver: number;
  /** How many requests should be ahead for the members that are busy with started ones. */
  readonly aheadOfStarted: number;
  /** Whether something has waited in the pool that they are carried from: for a whole `round`, see `hoistEveryMs`, or for `long`. */
  readonly waits: "no" | "round" | "long";
  /** Whether members of that pool start more than one request in the time that it takes to carry one. */
  readonly isFast: boolean;
  /** Whether no request that a member there had asked for has started there for a second. */
  readonly isStuck: boolean;
  /** Whether others were started there meanwhile, and nothing of this for a second; of what was only shown, for five. */
  readonly isStarving: boolean;
}

/** What to do in one direction. @experimental */
export interface CrossingPlan {
  /** How many unstarted requests to take back. */
  readonly recall: number;
  /** What to carry now; undefined: nothing. */
  readonly carry: CarryPlan | undefined;
}

/** What to carry. @experimental */
export interface CarryPlan {
  readonly max: number;
  readonly from: CarryFrom;
  /** How many to volunteer for, if there is nothing to claim. */
  readonly volunteerFor: number;
}

/** So many requests of an overloaded pool wait in its parent although no member there starts any: hosts see them. */
const shownAbove = 4;
const mostAhead = 256;
/** A member that is kept busy has so much work ahead, in µs, but one request at most: what it starts next is on its way long before. */
const aheadMicros = 30_000;

/** How many requests one that is under way should have ahead: of long ones fewer than one. */
export function aheadOf(selfMicros: number | undefined): number {
  return selfMicros === undefined ? 1 : Math.min(1, aheadMicros / Math.max(1, selfMicros));
}

/** What to take down from the parent. */
export function planTaking(sight: CrossingSight): CrossingPlan {
  const [idle, ahead] = [idleThere(sight), missingAhead(sight)];
  const recall = recallOf(sight);
  if (idle > 0) return { recall, carry: { max: idle, from: "next", volunteerFor: idle } };
  return { recall, carry: ahead > 0 ? { max: ahead, from: "ahead", volunteerFor: ahead } : undefined };
}

/** What to hoist to the parent. A fast pool keeps what has just come, which it has started before another pool could, and half of the rest. */
export function planHoisting(sight: CrossingSight): CrossingPlan {
  const { isFast, waits } = sight;
  const [idle, ahead, shown] = [idleThere(sight), missingAhead(sight), missingShown(sight)];
  const recall = recallOf(sight);
  if (idle > 0 && !isFast) return { recall, carry: { max: idle, from: "last", volunteerFor: idle } };
  const half = isFast && waits === "no" ? 0 : Math.max(idle, ahead);
  if (half > 0) return { recall, carry: { max: half, from: "half", volunteerFor: 0 } };
  return { recall, carry: shown > 0 ? { max: shown, from: "shown", volunteerFor: 0 } : undefined };
}

/**
 * Idle members here get half of the unstarted requests. All of them return when the other pool does not start them, or starts others
 * first: they are next here.
 */
function recallOf({ from, to, unstarted, isStuck, isStarving }: CrossingSight): number {
  if (from.wanted > 0) return Math.max(Math.min(from.wanted, unstarted), Math.ceil(unstarted / 2));
  const isUnwanted = isStuck && from.queued === 0;
  return isUnwanted || (isStarving && to.queued > unstarted) ? unstarted : 0;
}

/** Requests for members that idle there: some may be on their way to them. */
function idleThere({ to, unstarted, passedOver }: CrossingSight): number {
  return Math.max(0, to.wanted - (unstarted - passedOver));
}

/**
 * Requests for members that will have nothing to do soon, some at a time. Those that are busy with what the other pool has itself need
 * nothing, and members that idle here come first.
 */
function missingAhead({ from, to, unstarted, aheadOfStarted }: CrossingSight): number {
  if (from.wanted > 0 || to.queued > unstarted) return 0;
  const isLow = 2 * unstarted < aheadOfStarted || unstarted < to.wantedAhead;
  return isLow ? Math.min(mostAhead, Math.max(aheadOfStarted, to.wantedAhead)) - unstarted : 0;
}

/** Half of what waits stays here, but for what idle members could not start anyway, and what has waited for long. */
function missingShown({ from, unstarted, waits }: CrossingSight): number {
  if (waits === "no") return 0;
  const isAll = from.wanted > 0 || waits === "long";
  return Math.max(0, Math.min(shownAbove - unstarted, isAll ? from.queued : Math.floor(from.queued / 2)));
}

/** What is left to carry when something has come home, or was carried already. */
export function less(plan: CarryPlan, by: number): CarryPlan | undefined {
  const max = plan.max - by;
  return max > 0 ? { ...plan, max, volunteerFor: Math.max(0, plan.volunteerFor - by) } : undefined;
}
