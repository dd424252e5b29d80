/**
 * Bridging: what a pool does for the bridges between it and other pools. A bridge looks at the state of the pool, and is called when a member
 * becomes idle; and it takes back what it asked for here as long as no worker has claimed it. (scripts/look.lua, recall.lua)
 */
import { functionNameIn } from "@callgrid/core";
import type { PoolSight, RecallRequest } from "../../contract/contract.ts";
import { callerPlace, queueAt, removeFrom } from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";

/** Of more volunteers than this each counts as one request. */
const mostVolunteersAsked = 1_000;

export function look(records: PoolRecords, process: string): PoolSight {
  records.lookers.add(process);
  const claimed = records.counters.get("claimed") ?? 0;
  return { queued: records.waiting, ...wantedBeside(records, process), claimed };
}

function wantedBeside({ volunteers }: PoolRecords, process: string): Pick<PoolSight, "wanted" | "wantedAhead"> {
  if (volunteers.size > mostVolunteersAsked) return { wanted: volunteers.size, wantedAhead: 0 };
  let [wanted, wantedAhead] = [0, 0];
  for (const { worker, want, carry } of volunteers) {
    if (worker === process) continue;
    if (carry === "ahead") wantedAhead += want;
    else wanted += want;
  }
  return { wanted, wantedAhead };
}

/** Has all that look at the pool look again. */
export function callLookers(records: PoolRecords, except: string): void {
  for (const process of records.lookers) {
    if (process === except) continue;
    records.lookers.delete(process);
    records.inboxes.send(process, { kind: "look" });
  }
}

export function recall(records: PoolRecords, { process, limit, skips }: RecallRequest): readonly string[] {
  const recalled: string[] = [];
  const skipped = new Set(skips);
  for (const priority of records.callers.lowestFirst()) {
    const place = callerPlace(priority, process);
    const ids = [...(queueAt(records, place)?.fromTail() ?? [])];
    for (const id of ids) {
      if (recalled.length >= limit) break;
      const record = records.requests.get(id);
      if (record?.waiters.has(process) === true) {
        if (skipped.has(functionNameIn(record.payload))) continue;
        stopWaiting(records, id, record, process);
        recalled.push(id);
      }
      // others who wait for it are served from here if it is on no other queue
      if (record === undefined || record.places.length > 1) removeFrom(records, place, id);
    }
  }
  records.count("recalled", recalled.length);
  return recalled;
}

function stopWaiting(records: PoolRecords, id: string, record: RequestRecord, process: string): void {
  record.waiters.delete(process);
  if (!records.hasKnownWaiter(record)) records.close(id, record);
  else for (const place of record.places) queueAt(records, place)?.forgetPassed();
}
