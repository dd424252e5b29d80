/** Who sweeps a pool that no distributor heads: the sweeper, twice in its lease as a member, and another process once it has not for a while. */
import type { SweepRequest } from "./contract.ts";

/** How often a process asks, in ms. */
export const sweepEveryMs = (leaseMs: number): number => leaseMs / 2;

/** The sweeper asks again within this, later by one round of its maintenance than it should. */
const partOfLease = 0.6;

/** What a member with this lease asks for, in ms. */
export function sweeperLease(leaseMs: number): Pick<SweepRequest, "headLeaseMs" | "sweeperLeaseMs"> {
  return { headLeaseMs: 0, sweeperLeaseMs: Math.ceil(leaseMs * partOfLease) };
}
