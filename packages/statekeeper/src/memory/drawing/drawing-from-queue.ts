/**
 * Draws from one queue: takes from one end what its worker can evaluate, as much as fits, and passes over the rest. The next
 * drawing of its kind goes on where it stopped passing over. (scripts/lib/draw.lua)
 */

import { functionNameIn } from "@callgrid/core";
import type { ClaimReach } from "../../contract/contract.ts";
import { type Place, queueAt } from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";
import type { Drawing } from "./drawing.ts";
import { claimOf, isCarried } from "./drawing.ts";

/** A function that was never measured fills any budget. */
const unmeasuredMicros = 1e15;

/** Where to draw from. */
export interface Source {
  readonly place: Place;
  readonly end: "head" | "tail";
  /** Whether it is the worker's own queue. */
  readonly isOwn?: boolean;
}

type Taken = "stale" | "skipped" | "left" | "claimed";

/** Returns whether the queue is known to be empty then: not so where exactly what was asked for was there. */
export function drawFrom(records: PoolRecords, drawing: Drawing, source: Source): boolean {
  const kind = source.end === "head" ? drawing.kind : undefined;
  const ids = idsFrom(records, source, kind);
  let passesLeft = Math.min(records.limits.passedPerQueue, drawing.passesLeft);
  const passesBefore = passesLeft;
  const { place, isOwn = false } = source;
  const isOutside = !isOwn;
  let [batch, claimedBefore, isEnd, isKept] = [0, drawing.claims.length, false, false];
  let passed: string | undefined;
  const ahead: string[] = [];
  while (!isFull(drawing) && !isEnd && passesLeft > 0) {
    batch = nextBatch(drawing, { before: batch, claimed: drawing.claims.length - claimedBefore, most: passesLeft });
    claimedBefore = drawing.claims.length;
    readAhead(ids, ahead, batch);
    const some = ahead.slice(0, batch);
    let looked = 0;
    for (const id of some) {
      // what was not looked at is next, if the budget is widened
      if (isFull(drawing)) break;
      looked += 1;
      const taken = take(records, drawing, { id, place, isOutside });
      if (taken === "stale" || taken === "skipped") passesLeft -= 1;
      if (taken === "skipped") passed = id;
      if (taken === "skipped" && source.isOwn === true) drawing.moving.push(id);
      isKept ||= taken === "skipped" || taken === "left";
    }
    if (drawing.spare > 0 && drawing.claims.length > claimedBefore) widen(records, drawing, source.place);
    isEnd = some.length < batch && looked === some.length;
    ahead.splice(0, looked);
  }
  drawing.passesLeft -= passesBefore - passesLeft;
  // no claim goes on from a tail where another stopped
  if (source.end === "head" || source.isOwn === true) drawing.isCutShort ||= !isFull(drawing) && !isEnd;
  if (kind !== undefined && passed !== undefined) drawing.marks.push({ place, id: passed });
  return isEnd && !isKept && lengthAfter(records, drawing, source.place) === 0;
}

/** Takes of what has just come what its worker can evaluate. */
export function drawAtHand(records: PoolRecords, drawing: Drawing): void {
  const { atHand, reach, worker } = drawing;
  if (atHand === undefined || (isCarried(reach) && atHand.guestsOf === worker)) return;
  for (const id of atHand.ids) {
    if (isFull(drawing)) return;
    take(records, drawing, { id, place: undefined, isOutside: true });
  }
}

export function isFull({ room, budget }: Drawing): boolean {
  return room <= 0 || budget <= 0;
}

function idsFrom(records: PoolRecords, { place, end }: Source, kind: string | undefined): Iterator<string> {
  const queue = queueAt(records, place);
  if (queue === undefined) return [].values();
  if (end === "tail") return queue.fromTail();
  return kind === undefined ? queue[Symbol.iterator]() : queue.notPassed(kind, records.now());
}

/** Has as many ids at hand as are left, up to a number of them. */
function readAhead(ids: Iterator<string>, ahead: string[], count: number): void {
  while (ahead.length < count) {
    const { value, done } = ids.next();
    if (done === true) return;
    ahead.push(value);
  }
}

/**
 * How many ids to look at: as many as the budget is for, by what the last one takes; while that is unknown, one and then twice as many
 * each time.
 */
function nextBatch(
  { room, budget, usual = 0 }: Drawing,
  { before, claimed, most }: { readonly before: number; readonly claimed: number; readonly most: number },
): number {
  const bound = Math.min(room, most);
  if (budget === Number.POSITIVE_INFINITY) return bound;
  const wanted = claimed > 0 ? Math.ceil(budget / usual) : 2 * before;
  return Math.max(1, Math.min(bound, wanted));
}

/**
 * Guided self-scheduling (Polychronopoulos and Kuck, 1987): while much is queued, a claim may be for more than its budget: for one
 * part of this queue in twice as many as there are members. That leaves enough for all of them, and near the end it is little.
 */
function widen(records: PoolRecords, drawing: Drawing, place: Place): void {
  const { spare, usual = 0 } = drawing;
  drawing.spare = 0;
  if (drawing.room * usual <= drawing.budget) return;
  const share = (lengthAfter(records, drawing, place) * usual) / (2 * records.members.size);
  drawing.budget += Math.min(spare, Math.max(0, share - Math.max(0, drawing.budget)));
}

function lengthAfter(records: PoolRecords, { leaving }: Drawing, place: Place): number {
  return (queueAt(records, place)?.length ?? 0) - (leaving.get(place)?.size ?? 0);
}

function takeNoMore(drawing: Drawing): void {
  drawing.budget = 0;
  drawing.spare = 0;
}

function take(
  records: PoolRecords,
  drawing: Drawing,
  { id, place, isOutside }: { readonly id: string; readonly place: Place | undefined; readonly isOutside: boolean },
): Taken {
  if (drawing.taken.has(id)) {
    if (place !== undefined) noteLeaving(drawing, place, id);
    return "stale";
  }
  const record = records.requests.get(id);
  if (record === undefined || record.owner !== undefined) {
    if (place !== undefined) noteLeaving(drawing, place, id);
    return "stale";
  }
  // of one that was lost, the caller may have died with the same worker: evaluated again, it asks again
  if (record.losses === 0 && !records.hasKnownWaiter(record)) {
    leaveAll(drawing, { id, place, record });
    drawing.dropped.push(id);
    records.count("dropped", 1);
    return "stale";
  }
  if (isPassedOver(records, drawing, { record, isOutside })) return "skipped";
  // A request that was lost before is claimed alone, so that the next loss names the culprit.
  if (record.losses > 0 && drawing.claims.length > 0) {
    takeNoMore(drawing);
    return "left";
  }
  leaveAll(drawing, { id, place, record });
  noteClaim(records, drawing, { id, record });
  if (record.losses > 0) takeNoMore(drawing);
  return "claimed";
}

function isPassedOver(
  records: PoolRecords,
  { worker, skips, reach }: Drawing,
  { record, isOutside }: { readonly record: RequestRecord; readonly isOutside: boolean },
): boolean {
  if (skips?.has(functionNameIn(record.payload)) === true) return true;
  if (isOutside && reach === "children" && !isAwaitedByMember(records, record)) return true;
  return isClosedToOwn(reach) && record.waiters.has(worker);
}

function isClosedToOwn(reach: ClaimReach): boolean {
  return reach === "ahead" || reach === "half" || reach === "shown";
}

function isAwaitedByMember(records: PoolRecords, { waiters }: RequestRecord): boolean {
  for (const waiter of waiters) if (records.members.has(waiter)) return true;
  return false;
}

function noteClaim(
  records: PoolRecords,
  drawing: Drawing,
  { id, record }: { readonly id: string; readonly record: RequestRecord },
): void {
  drawing.claims.push(claimOf(id, record, records.now()));
  drawing.room -= 1;
  const cost = records.functions.costOf(functionNameIn(record.payload))?.expectedMicros;
  drawing.usual = cost ?? unmeasuredMicros;
  drawing.budget -= drawing.usual;
  drawing.workMs += cost === undefined ? 1 : Math.max(1, cost / 1_000);
}

function leaveAll(
  drawing: Drawing,
  { id, place, record }: { readonly id: string; readonly place: Place | undefined; readonly record: RequestRecord },
): void {
  drawing.taken.add(id);
  drawing.atHand?.ids.delete(id);
  for (const other of record.places) noteLeaving(drawing, other, id);
  if (place !== undefined && !record.places.includes(place)) noteLeaving(drawing, place, id);
}

function noteLeaving(drawing: Drawing, place: Place, id: string): void {
  const ids = drawing.leaving.get(place);
  if (ids === undefined) drawing.leaving.set(place, new Set([id]));
  else ids.add(id);
}
