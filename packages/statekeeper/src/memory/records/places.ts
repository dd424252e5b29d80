/**
 * Places: the queues that a request lies on while no worker has claimed it. A request that is claimed, done or withdrawn lies on none,
 * so queues hold only what can be claimed. So that this holds wherever an operation stops, a request leaves its queues before it is claimed
 * or closed, and is in its record and without a claim before it is put on a queue. What is missing on a queue then is put there by the
 * audit. (scripts/lib/places.lua, queues.lua)
 */

import type { Queue } from "../queues/queue.ts";
import type { PoolRecords, RequestRecord } from "./pool-records.ts";

/** A queue, by what its key on Redis ends with: the pool's, a worker's own, or a caller's at a priority. */
export type Place = "queue-of-pool" | `queue:${string}` | `caller:${number}:${string}`;

export const poolPlace: Place = "queue-of-pool";

export function ownPlace(worker: string): Place {
  return `queue:${worker}`;
}

export function callerPlace(priority: number, process: string): Place {
  return `caller:${priority}:${process}`;
}

/** @param caller - `priority:process`. */
export function placeOfCaller(caller: string): Place {
  return `caller:${caller as `${number}:${string}`}`;
}

/** The priority and the process of a caller's queue; undefined for other places. */
export function callerAt(place: Place): { readonly priority: number; readonly process: string } | undefined {
  const [, priority, process] = /^caller:(-?\d+):(.*)$/.exec(place) ?? [];
  return process === undefined ? undefined : { priority: Number(priority), process };
}

export function queueAt(records: PoolRecords, place: Place): Queue | undefined {
  if (place === poolPlace) return records.queue;
  const caller = callerAt(place);
  if (caller !== undefined) return records.callers.at(caller.priority).queues.get(caller.process);
  return records.ownQueues.get(place.slice(ownPlace("").length));
}

/** Puts requests at the tail of a queue. One that lies there already stays, and those who passed it over look at it again. */
export function enqueue(records: PoolRecords, place: Place, ids: readonly string[], isGuest = false): void {
  for (const id of ids) {
    notePlace(records, place, id);
    if (!pushTail(records, place, { id, isGuest })) queueAt(records, place)?.forgetPassed();
  }
}

/** Puts requests at the head of the pool's queue, so that the first of them is claimed first. */
export function enqueueAtHead(records: PoolRecords, ids: readonly string[]): void {
  for (const id of ids.toReversed()) {
    notePlace(records, poolPlace, id);
    records.queue.pushHead(id);
  }
}

/**
 * Ends a claim: the request goes back to the head of the pool's queue, for which its id has to be put there. Its record names that place first:
 * should the operation stop before the id is there, the audit relies on this.
 */
export function disown(record: RequestRecord): void {
  record.places = [poolPlace];
  record.owner = undefined;
  record.claimedAt = undefined;
  record.isCopied = false;
  record.suspended = undefined;
  record.progress = undefined;
}

/** Takes a request off all its queues. */
export function takeOff(records: PoolRecords, id: string, record: RequestRecord): void {
  for (const place of record.places) removeFrom(records, place, id);
  record.places = [];
}

/** Takes a request off one queue; its record says so, if there is any. */
export function removeFrom(records: PoolRecords, place: Place, id: string): void {
  leaveQueue(records, place, id);
  const record = records.requests.get(id);
  if (record !== undefined) record.places = record.places.filter((other) => other !== place);
}

/** Takes a request off one queue that is about to be claimed: until then its record names the queue, and the audit relies on that. */
export function leaveQueue(records: PoolRecords, place: Place, id: string): void {
  const caller = callerAt(place);
  if (caller === undefined) queueAt(records, place)?.delete(id);
  else records.callers.delete(caller.priority, caller.process, id);
}

function pushTail(records: PoolRecords, place: Place, { id, isGuest }: { id: string; isGuest: boolean }): boolean {
  const caller = callerAt(place);
  if (caller !== undefined) return records.callers.push({ ...caller, isGuest }, id);
  return (place === poolPlace ? records.queue : records.ownQueue(place.slice(ownPlace("").length))).pushTail(id);
}

/** Notes in a request's record that it lies on a queue, or is about to. */
export function notePlace(records: PoolRecords, place: Place, id: string): void {
  const record = records.requests.get(id);
  if (record !== undefined && !record.places.includes(place)) record.places = [...record.places, place];
}
