/**
 * Bridging: what a pool does for the bridges between it and other pools. A bridge looks how the pool stands, and is called when a member
 * becomes idle; and it takes back what it asked for here as long as nobody has claimed it. (scripts/look.lua, recall.lua)
 */
import type { PoolSight, RecallRequest } from "../contract.ts";
import { functionNameIn, type PoolRecords } from "./pool-records.ts";

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
    const queue = records.callers.at(priority).queues.get(process);
    const lengthBefore = queue?.length ?? 0;
    const left: string[] = [];
    while (queue !== undefined && recalled.length < limit) {
      const id = queue.popTail();
      if (id === undefined) break;
      const record = records.requests.get(id);
      if (record === undefined || record.owner !== undefined || !record.waiters.has(process)) continue;
      if (skipped.has(functionNameIn(record.payload))) {
        left.push(id);
        continue;
      }
      record.waiters.delete(process);
      if (!records.hasKnownWaiter(record)) records.requests.delete(id);
      recalled.push(id);
    }
    for (const id of left.reverse()) queue?.pushTail(id);
    records.callers.length += (queue?.length ?? 0) - lengthBefore;
  }
  records.count("recalled", recalled.length);
  return recalled;
}
