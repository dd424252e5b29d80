/**
 * Draws for a bridge what the pool would draw last: from the ends of callers' queues and of the pool's, then from the head of a long own
 * queue. So the pool's workers and those of other pools draw from opposite ends. What is drawn leaves its queues when the drawing is over.
 * (scripts/lib/draw-ends.lua)
 */

import {
  enqueueAtHead,
  leaveQueue,
  ownPlace,
  placeOfCaller,
  poolPlace,
  queueAt,
  removeFrom,
} from "../records/places.ts";
import type { PoolRecords } from "../records/pool-records.ts";
import { type Drawing, isCarried, isFromEnd, type QueueSearch } from "./drawing.ts";
import { drawAnywhere, longOwnQueues } from "./drawing-anywhere.ts";
import { drawWaiting } from "./drawing-from-callers.ts";
import { drawAtHand, drawFrom, isFull } from "./drawing-from-queue.ts";

/** How many callers of a priority are asked at first; more of them where these had too little. */
const callersAsked = 64;

/** Draws in the order that the drawing's reach asks for. */
export function draw(records: PoolRecords, drawing: Drawing, search: QueueSearch): void {
  if (isFromEnd(drawing.reach)) drawFromEnds(records, drawing, search);
  else drawAnywhere(records, drawing, search);
  for (const [place, ids] of drawing.leaving) for (const id of ids) leaveQueue(records, place, id);
  for (const { priority, process } of drawing.drained) records.callers.remove(priority, process);
  for (const id of drawing.dropped) records.requests.delete(id);
  for (const { place, id } of drawing.marks) queueAt(records, place)?.pass(drawing.kind ?? "", id, records.now());
  own(records, drawing);
  for (const id of drawing.moving) removeFrom(records, ownPlace(drawing.worker), id);
  enqueueAtHead(records, drawing.moving);
}

/** What a bridge claims counts as suspended. */
function own(records: PoolRecords, { worker, claims, reach }: Drawing): void {
  const ids = claims.map(({ id }) => id);
  records.noteRunning(worker, ids);
  for (const id of ids) {
    const record = records.requests.get(id);
    if (record === undefined) continue;
    record.owner = worker;
    record.places = [];
    record.claimedAt = records.now();
    if (isCarried(reach)) record.suspended = [];
  }
  records.count("claimed", ids.length);
}

function drawFromEnds(records: PoolRecords, drawing: Drawing, { sample, first }: QueueSearch): void {
  if (sample === 0) return;
  drawAtHand(records, drawing);
  drawShare(drawing, records.waiting, () => drawFromSharedEnds(records, drawing));
  if (isFull(drawing) || drawing.reach === "shown") return;
  const owners = longOwnQueues(records, drawing.worker, sample).map(({ owner }) => owner);
  drawFromOwnQueues(records, drawing, first === undefined ? owners : [first]);
}

function drawFromSharedEnds(records: PoolRecords, drawing: Drawing): void {
  const { passedPerQueue, callersPerLine } = records.limits;
  const seen = new Set<string>();
  for (const asked of [callersAsked, callersPerLine])
    drawFromCallerEnds(records, drawing, { most: Math.min(asked, callersPerLine), seen });
  if (isFull(drawing)) return;
  drawing.passesLeft = passedPerQueue;
  if (drawing.reach !== "shown") drawFrom(records, drawing, { place: poolPlace, end: "tail" });
}

/**
 * Of what the drawing passes over each caller has an equal share. A caller that has nothing leaves the line: where no worker draws from its
 * other end, it would hide those before it.
 */
function drawFromCallerEnds(
  records: PoolRecords,
  drawing: Drawing,
  { most, seen }: { readonly most: number; readonly seen: Set<string> },
): void {
  const callers = [...records.callers.queues(most)];
  for (const { name, priority, process, isGuest } of callers) {
    if (isFull(drawing)) return;
    if (!seen.has(name) && process !== drawing.worker) {
      drawing.passesLeft = Math.ceil(records.limits.passedPerLine / callers.length);
      const place = placeOfCaller(name);
      const isEmpty = drawWaiting(records, drawing, { place, process, isGuest, end: "tail" });
      if (isEmpty) records.callers.remove(priority, process);
    }
    seen.add(name);
  }
}

function drawFromOwnQueues(records: PoolRecords, drawing: Drawing, owners: readonly string[]): void {
  const claimedBefore = drawing.claims.length;
  drawing.passesLeft = records.limits.passedPerLine;
  for (const owner of owners) {
    const place = ownPlace(owner);
    const length = queueAt(records, place)?.length ?? 0;
    drawShare(drawing, length, () => drawFrom(records, drawing, { place, end: "head" }));
    if (drawing.claims.length > claimedBefore) break;
  }
  records.count("hoisted", drawing.claims.length - claimedBefore);
}

/** Draws, and leaves half of what waits there if that is asked for. */
function drawShare(drawing: Drawing, waiting: number, drawFromThere: () => void): void {
  const { room } = drawing;
  const claimedBefore = drawing.claims.length;
  if (drawing.reach === "half") drawing.room = Math.min(room, Math.floor(waiting / 2));
  drawFromThere();
  drawing.room = room - (drawing.claims.length - claimedBefore);
}
