/** How processes take turns at sweeping a pool that no distributor heads: one does it twice a lease, and others once it has not for a while. */
import type { SweepRequest } from "./contract.ts";

/** How often a process asks, in ms. */
export const sweepEveryMs = (leaseMs: number): number => leaseMs / 2;

/** Longer than a process takes until it asks again, by one round of its maintenance. */
const turnPerLease = 0.6;

/** What a process with such a lease asks for. */
export function sweepTurn(leaseMs: number): Pick<SweepRequest, "headLeaseMs" | "turnMs"> {
  return { headLeaseMs: 0, turnMs: Math.ceil(leaseMs * turnPerLease) };
}
