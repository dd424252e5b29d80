/** What a bridge takes down from the parent pool, and what it hoists there: the starter of a distributor can replace it. */
import { type CrossingPlan, type CrossingSight, planHoisting, planTaking } from "./carry-plan.ts";

/** `down`: from the parent; `up`: to the parent. @experimental */
export type CrossingDirection = "down" | "up";

/** Decides for a bridge; called often, so it must be quick, and must not throw. @experimental */
export interface BridgePolicy {
  /** What to take down from the parent now. */
  take(sight: CrossingSight): CrossingPlan;
  /** What to hoist to the parent now. */
  hoist(sight: CrossingSight): CrossingPlan;
  /** Whether requests of a function may be carried in a direction. */
  carries(functionName: string, direction: CrossingDirection): boolean;
}

/** Work stays local: what crosses is what idle members can start, and a little ahead of that. */
export const localPolicy: BridgePolicy = { take: planTaking, hoist: planHoisting, carries: () => true };
