/**
 * Hoisting: what a pool does for the bridge to its parent. Copies of what is queued leave it, and what is evaluated elsewhere is
 * seized, so that nobody starts it here. (scripts/hoist.lua, locate.lua, seize.lua)
 */
import type { Claim, HoistReply, HoistRequest, Whereabouts } from "../contract.ts";
import { claimOf, longestOwnQueue } from "./drawing.ts";
import type { PoolRecords } from "./pool-records.ts";

const membersAsked = 64;
/** Of more volunteers than this each counts as one request. */
const mostVolunteersAsked = 1_000;

export function hoist(records: PoolRecords, { process, limit, except }: HoistRequest): HoistReply {
  const numbers = { queued: records.waiting, wanted: wantedBeside(records, process) };
  if (limit === 0) return { ...numbers, copies: [] };
  const left = new Set(except);
  const looked = limit + except.length;
  const fromShared: Claim[] = [];
  let room = looked;
  for (const queue of records.sharedQueues()) {
    if (fromShared.length >= limit || room <= 0) break;
    const ids = queue.last(room).reverse();
    room -= ids.length;
    for (const copy of copies(records, ids, { left, limit: limit - fromShared.length })) fromShared.push(copy);
  }
  const own = longestOwnQueue(records, process, membersAsked);
  const fromOwn = copies(records, own?.first(looked) ?? [], { left, limit: limit - fromShared.length });
  return { ...numbers, copies: [...fromShared.reverse(), ...fromOwn] };
}

/** Adds what it copies to `left`, since an id may lie on several queues. */
function copies(
  records: PoolRecords,
  ids: readonly string[],
  { left, limit }: { readonly left: Set<string>; readonly limit: number },
): Claim[] {
  const found: Claim[] = [];
  for (const id of ids) {
    if (found.length >= limit) break;
    const record = records.requests.get(id);
    if (left.has(id) || record === undefined || record.owner !== undefined) continue;
    if (!records.hasKnownWaiter(record)) continue;
    left.add(id);
    found.push(claimOf(id, record, records.now()));
  }
  return found;
}

function wantedBeside(records: PoolRecords, process: string): number {
  const { volunteers } = records;
  if (volunteers.size > mostVolunteersAsked) return volunteers.size;
  let wanted = 0;
  for (const { worker, want } of volunteers) if (worker !== process) wanted += want;
  return wanted;
}

export function locate(records: PoolRecords, ids: readonly string[]): readonly Whereabouts[] {
  return ids.map((id) => {
    const record = records.requests.get(id);
    if (record === undefined) return "unknown";
    return record.owner === undefined ? "queued" : "claimed";
  });
}

/** Its id stays on its queue, and is stale there. */
export function seize(records: PoolRecords, worker: string, ids: readonly string[]): readonly string[] {
  if (!records.members.has(worker)) return [];
  return ids.filter((id) => {
    const record = records.requests.get(id);
    if (record === undefined || (record.owner !== undefined && record.owner !== worker)) return false;
    if (record.owner === undefined) {
      record.owner = worker;
      record.claimedAt = records.now();
      record.suspended = [];
      records.noteRunning(worker, [id]);
      records.count("seized", 1);
    }
    return true;
  });
}
