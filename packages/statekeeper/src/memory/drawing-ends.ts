/**
 * Drawing for a bridge what the pool would draw last: from the ends of callers' queues and of the pool's, then from the head of the
 * longest own queue. So the pool's workers and those of other pools come towards each other. (scripts/lib/draw-ends.lua)
 */
import {
  type Drawing,
  drawAnywhere,
  drawAtHand,
  drawFrom,
  drawWaiting,
  isFromEnd,
  longestOwnQueue,
  type QueueSearch,
} from "./drawing.ts";
import type { PoolRecords } from "./pool-records.ts";

/** Of one priority. */
const callersAsked = 64;

/** Draws in the order that the drawing's reach asks for. */
export function draw(records: PoolRecords, drawing: Drawing, search: QueueSearch): void {
  if (isFromEnd(drawing.reach)) drawFromEnds(records, drawing, search);
  else drawAnywhere(records, drawing, search);
}

function drawFromEnds(records: PoolRecords, drawing: Drawing, { sample, first }: QueueSearch): void {
  if (sample === 0) return;
  drawAtHand(records, drawing);
  drawShare(drawing, records.waiting, () => drawFromSharedEnds(records, drawing));
  if (drawing.reach === "shown") return;
  const known = first === undefined ? undefined : records.ownQueues.get(first);
  const own = known ?? longestOwnQueue(records, drawing.worker, sample);
  const claimedBefore = drawing.claims.length;
  drawShare(drawing, own?.length ?? 0, () => drawFrom(records, drawing, { queue: own, end: "head", isShared: false }));
  records.count("hoisted", drawing.claims.length - claimedBefore);
}

function drawFromSharedEnds(records: PoolRecords, drawing: Drawing): void {
  for (const caller of records.callers.queues(callersAsked))
    if (caller.process !== drawing.worker) drawWaiting(records, drawing, { ...caller, end: "tail" });
  if (drawing.reach !== "shown") drawFrom(records, drawing, { queue: records.queue, end: "tail", isShared: true });
}

/** Draws, and leaves half of what waits there if that is asked for. */
function drawShare(drawing: Drawing, waiting: number, drawFromThere: () => void): void {
  const { room } = drawing;
  const claimedBefore = drawing.claims.length;
  if (drawing.reach === "half") drawing.room = Math.min(room, Math.floor(waiting / 2));
  drawFromThere();
  drawing.room = room - (drawing.claims.length - claimedBefore);
}
