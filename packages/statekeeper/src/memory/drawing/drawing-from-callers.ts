/**
 * Draws from callers' queues by turns: first from the priority that has had least, and within it from the caller that has had least.
 * (scripts/lib/draw.lua)
 */
import { isGuestTurn, weightOf } from "../queues/caller-queues.ts";
import type { Turn } from "../queues/turns.ts";
import { callerPlace } from "../records/places.ts";
import type { PoolRecords } from "../records/pool-records.ts";
import { type Drawing, isCarried } from "./drawing.ts";
import { drawFrom, isFull, type Source } from "./drawing-from-queue.ts";

/** How many callers are asked at first, and how many then where these had too little. */
const askedFirst = [2, 64] as const;

export function drawFromCallers(records: PoolRecords, drawing: Drawing): void {
  const { priorities } = records.callers;
  const before = priorities.first(priorities.size);
  for (const { name, turn } of before) {
    if (isFull(drawing)) return;
    const priority = Number(name);
    const drawnBefore = drawing.claims.length;
    const hasCallers = drawAtPriority(records, drawing, priority);
    const drawn = drawing.claims.length - drawnBefore;
    if (!hasCallers) priorities.delete(name);
    else if (drawn > 0 && before.length > 1) priorities.set(name, turn + drawn / weightOf(priority));
  }
}

/** Returns whether there was any caller. One who passes requests over begins with the caller at whom the last one stopped. */
function drawAtPriority(records: PoolRecords, drawing: Drawing, priority: number): boolean {
  const { resumeAt } = records.callers.at(priority);
  const kind = drawing.kind ?? "";
  const start = resumeAt.get(kind) ?? 0;
  drawing.passesLeft = records.limits.passedPerLine;
  let walk = walkLine(records, drawing, { priority, start });
  if (walk.isEnd && start > 0) walk = walkLine(records, drawing, { priority, start: 0 });
  if (walk.stoppedAt !== undefined && drawing.kind !== undefined) resumeAt.set(kind, walk.stoppedAt);
  else if (walk.isEnd) resumeAt.delete(kind);
  return walk.hasCallers;
}

interface Walk {
  readonly hasCallers: boolean;
  /** Whether the line has no more callers. */
  readonly isEnd: boolean;
  /** The place in the line at which a bound was met. */
  readonly stoppedAt?: number;
}

function walkLine(
  records: PoolRecords,
  drawing: Drawing,
  { priority, start }: { readonly priority: number; readonly start: number },
): Walk {
  const { turns } = records.callers.at(priority);
  const { callersPerLine } = records.limits;
  const seen = new Set<string>();
  for (const most of [...askedFirst, callersPerLine].map((asked) => Math.min(asked, callersPerLine))) {
    const found = turns.from(start, most);
    for (const [offset, turn] of found.entries()) {
      if (isFull(drawing)) return { hasCallers: true, isEnd: false };
      if (drawing.passesLeft <= 0) {
        drawing.isCutShort = true;
        return { hasCallers: true, isEnd: false, stoppedAt: start + offset };
      }
      if (seen.has(turn.name)) continue;
      seen.add(turn.name);
      drawFromCaller(records, drawing, { priority, turn, isAlone: start === 0 && found.length === 1 });
    }
    if (found.length < most) return { hasCallers: found.length > 0, isEnd: true };
  }
  return { hasCallers: true, isEnd: false, stoppedAt: start + callersPerLine };
}

/** A caller that is alone shares with no other, and keeps its turn. */
function drawFromCaller(
  records: PoolRecords,
  drawing: Drawing,
  caller: { readonly priority: number; readonly turn: Turn; readonly isAlone: boolean },
): void {
  const { priority, turn, isAlone } = caller;
  const { name: process } = turn;
  if (drawing.reach === "children" && !records.members.has(process)) return;
  if (isCarried(drawing.reach) && process === drawing.worker) return;
  drawing.workMs = 0;
  const isGuest = isGuestTurn(turn.turn);
  const isEmpty = drawWaiting(records, drawing, {
    place: callerPlace(priority, process),
    end: "head",
    process,
    isGuest,
  });
  if (drawing.workMs > 0 && !isAlone) records.callers.at(priority).turns.set(process, turn.turn + drawing.workMs);
  else if (isEmpty) drawing.drained.push({ priority, process });
}

/** Draws from a caller's queue. A bridge is sent word of what others claim of its guests. */
export function drawWaiting(
  records: PoolRecords,
  drawing: Drawing,
  caller: Source & { readonly process: string; readonly isGuest: boolean },
): boolean {
  const { process, isGuest } = caller;
  const claimedBefore = drawing.claims.length;
  const isEmpty = drawFrom(records, drawing, caller);
  if (isGuest && process !== drawing.worker)
    for (const { id } of drawing.claims.slice(claimedBefore)) records.inboxes.send(process, { kind: "started", id });
  return isEmpty;
}
