/** Package distributor: the node at the head of a pool, which reclaims what dead members held. */
export type { BridgePolicy, CrossingDirection } from "./crossing/bridge-policy.ts";
export type { CarryPlan, CrossingPlan, CrossingSight } from "./crossing/carry-plan.ts";
export { type DistributorOptions, distributorOptions } from "./shared/distributor-options.ts";
export { type RunningDistributor, startDistributor } from "./start-distributor.ts";
