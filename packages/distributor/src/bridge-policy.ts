/**
 * What a bridge takes down from the parent pool, and what it hoists there: pure decisions, so that they can be read off a table, and
 * replaced by whoever starts a distributor.
 */
import { type Appetite, type TakeSize, takeSize } from "./take-size.ts";

/** A queued request of which a copy could go to the parent. */
export interface HoistCandidate {
  readonly functionName: string;
  readonly priority: number;
  /** Whether it was queued in the last round already, see `hoistEveryMs`. */
  readonly hasWaited: boolean;
  /** Whether more is queued here than copies may wait in the parent. */
  readonly isQueueLong: boolean;
  /** Whether the parent has volunteers for more than is hoisted already. */
  readonly isAwaited: boolean;
}

/** Decides for a bridge; called often, so it must be quick, and must not throw. */
export interface BridgePolicy {
  /** The claim to make at the parent now; undefined: none. */
  take(appetite: Appetite): TakeSize | undefined;
  /** Whether to hoist a copy now. */
  hoists(candidate: HoistCandidate): boolean;
}

/** Work stays local: what idle members could do is taken, and what has waited or is awaited is hoisted. */
export const localPolicy: BridgePolicy = {
  take: takeSize,
  hoists: ({ hasWaited, isQueueLong, isAwaited }) => hasWaited || isQueueLong || isAwaited,
};
