/**
 * Copying: gives idle volunteers copies of requests that a worker claimed long ago, compared with what their functions usually
 * take. The first outcome completes them; the claim stays where it is. (scripts/lib/copy.lua)
 */
import { functionNameIn, isAddressedId } from "@callgrid/core";
import { orderVolunteers } from "../../contract/volunteer-order.ts";
import { claimOf } from "../drawing/drawing.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";
import type { Volunteer } from "../records/volunteers.ts";

/** So many times longer than usual is late. */
const usualTimes = 3;
const volunteersLookedAt = 64;

interface Straggler {
  readonly id: string;
  readonly record: RequestRecord;
  readonly ageMs: number;
}

/** One copy a volunteer, and one of each request. */
export function copyStragglers(records: PoolRecords, afterMs: number): void {
  const late = stragglers(records, afterMs);
  const idle = records.volunteers.first(volunteersLookedAt);
  for (const volunteer of orderVolunteers(idle, records.preferences, undefined)) {
    const straggler = late.find((one) => !one.record.isCopied && isFit(records, volunteer, one.record));
    if (straggler === undefined) continue;
    const { id, record } = straggler;
    record.isCopied = true;
    records.count("copied", 1);
    records.volunteers.standDown(volunteer.worker);
    records.inboxes.send(volunteer.worker, { kind: "copy", claim: claimOf(id, record, records.now()) });
  }
}

/** Claims of measured functions that are late, the oldest first. */
function stragglers(records: PoolRecords, afterMs: number): Straggler[] {
  const found: Straggler[] = [];
  for (const id of someClaimed(records)) {
    const record = records.requests.get(id);
    if (record?.claimedAt === undefined || isAddressedId(id)) continue;
    const ageMs = records.now() - record.claimedAt;
    if (ageMs >= afterMs && isLate(records, record, ageMs)) found.push({ id, record, ageMs });
  }
  return found.sort((one, other) => other.ageMs - one.ageMs || (one.id < other.id ? -1 : 1));
}

/** The next ones each time, so that every claim has its turn and a seed replays a run. */
function someClaimed(records: PoolRecords): ReadonlySet<string> {
  const ids = new Set<string>();
  let ends = 0;
  while (ids.size < records.limits.claimsPerSweep && ends < 2) {
    const { value, done } = records.claimsInTurn.next();
    if (done !== true) {
      ids.add(value);
      continue;
    }
    ends += 1;
    records.claimsInTurn = claimedIds(records);
  }
  return ids;
}

function* claimedIds({ running }: PoolRecords): IterableIterator<string> {
  for (const ids of running.values()) yield* ids;
}

/** What waits for re-entrant requests is left alone, and so is what a worker was lost with. */
function isLate(records: PoolRecords, record: RequestRecord, ageMs: number): boolean {
  const { isCopied, suspended, losses, payload } = record;
  if (isCopied || suspended !== undefined || losses > 0 || !records.hasKnownWaiter(record)) return false;
  const usualMicros = records.functions.costOf(functionNameIn(payload))?.expectedMicros;
  return usualMicros !== undefined && ageMs * 1_000 >= usualTimes * usualMicros;
}

/** A request that a bridge carries is not cancelled in the other pool when the claim is done. */
function isFit(records: PoolRecords, volunteer: Volunteer, { owner, payload }: RequestRecord): boolean {
  const { worker, epoch, skips, carry } = volunteer;
  if (carry !== undefined) return false;
  return epoch === records.functions.epoch && skips?.has(functionNameIn(payload)) !== true && owner !== worker;
}
