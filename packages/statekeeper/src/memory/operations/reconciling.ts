/**
 * Reconciling: compares what a worker holds with what is noted as running there. (scripts/reconcile.lua)
 */
import type { Claim, Comparison } from "../../contract/contract.ts";
import { claimOf } from "../drawing/drawing.ts";
import type { PoolRecords } from "../records/pool-records.ts";

export function reconcile(records: PoolRecords, worker: string, heldIds: readonly string[]): Comparison {
  const abandoned = heldIds.filter((id) => abandon(records, worker, id));
  records.count("withdrawn", abandoned.length);
  const claims = claimsNotHeld(records, worker, new Set(heldIds));
  return { claims, abandoned, isVolunteer: records.volunteers.has(worker) };
}

/** Closes a request that no caller waits for any more. Of one that was lost, the caller may ask again. */
function abandon(records: PoolRecords, worker: string, id: string): boolean {
  const record = records.requests.get(id);
  if (record?.owner !== worker || record.losses > 0 || records.hasKnownWaiter(record)) return false;
  records.close(id, record);
  records.noteNotRunning(worker, id);
  return true;
}

/** Claims whose message got lost. */
function claimsNotHeld(records: PoolRecords, worker: string, held: ReadonlySet<string>): Claim[] {
  const now = records.now();
  const claims: Claim[] = [];
  for (const id of [...(records.running.get(worker) ?? [])].sort()) {
    if (held.has(id)) continue;
    const record = records.requests.get(id);
    if (record?.owner === worker) claims.push(claimOf(id, record, now));
    else records.noteNotRunning(worker, id);
  }
  return claims;
}
