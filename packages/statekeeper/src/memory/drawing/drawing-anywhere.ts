/** Draws from all queues of a pool, in their usual order. (scripts/lib/draw.lua) */

import { ownPlace, poolPlace } from "../records/places.ts";
import type { PoolRecords } from "../records/pool-records.ts";
import type { Drawing, QueueSearch } from "./drawing.ts";
import { drawFromCallers } from "./drawing-from-callers.ts";
import { drawAtHand, drawFrom } from "./drawing-from-queue.ts";

/** Own queue from its end, pool's queue from its head, callers' queues by turns, then the head of another member's long queue. */
export function drawAnywhere(records: PoolRecords, drawing: Drawing, search: QueueSearch): void {
  const { passedPerQueue } = records.limits;
  drawing.passesLeft = passedPerQueue;
  drawFrom(records, drawing, { place: ownPlace(drawing.worker), end: "tail", isOwn: true });
  if (drawing.claims.length > 0 || drawing.reach === "own-queue" || search.sample === 0) return;
  drawAtHand(records, drawing);
  drawing.passesLeft = passedPerQueue;
  drawFrom(records, drawing, { place: poolPlace, end: "head" });
  drawFromCallers(records, drawing);
  if (drawing.claims.length === 0) drawFromOthers(records, drawing, search);
}

function drawFromOthers(records: PoolRecords, drawing: Drawing, { first, sample }: QueueSearch): void {
  drawing.passesLeft = records.limits.passedPerLine;
  if (first !== undefined && first !== drawing.worker) drawFromOther(records, drawing, first);
  if (drawing.claims.length > 0) return;
  for (const { owner } of longOwnQueues(records, drawing.worker, sample)) {
    drawFromOther(records, drawing, owner);
    if (drawing.claims.length > 0) return;
  }
}

function drawFromOther(records: PoolRecords, drawing: Drawing, owner: string): void {
  drawFrom(records, drawing, { place: ownPlace(owner), end: "head" });
  records.count("hoisted", drawing.claims.length);
}

/** Those of some other members that are not empty, the longest first, and among equal ones that of the smaller id. */
export function longOwnQueues(
  records: PoolRecords,
  except: string,
  sample: number,
): Array<{ readonly owner: string; readonly length: number }> {
  const found: Array<{ owner: string; length: number }> = [];
  for (const owner of records.members.sample(sample)) {
    const length = records.ownQueues.get(owner)?.length ?? 0;
    if (owner !== except && length > 0) found.push({ owner, length });
  }
  return found.sort((one, other) => other.length - one.length || (one.owner < other.owner ? -1 : 1));
}
