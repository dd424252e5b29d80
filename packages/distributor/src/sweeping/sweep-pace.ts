/** How long to wait between two sweeps: a pure decision, so that it can be read off a table. */
import type { SweepReply } from "@callgrid/statekeeper";
import type { DistributorSettings } from "../shared/distributor-options.ts";

/** A standby asks so many times in a lease whether the head is still there. */
const asksPerLease = 3;

/**
 * Ms until the next sweep; 0 means in the next turn.
 *
 * @param reply - what the last sweep said; undefined if it failed.
 */
export function sweepDelayMs(
  reply: Pick<SweepReply, "role" | "isMore"> | undefined,
  { hoistEveryMs, leaseMs }: Pick<DistributorSettings, "hoistEveryMs" | "leaseMs">,
): number {
  if (reply?.role === "standby") return leaseMs / asksPerLease;
  return reply?.isMore === true ? 0 : hoistEveryMs;
}
