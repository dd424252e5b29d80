/**
 * Matching: gives queued requests to volunteers, best first, until either runs out. It runs inside every operation that may put
 * a request beside a volunteer, so nobody has to look for work. (scripts/lib/match.lua)
 */
import { orderVolunteers } from "../volunteer-order.ts";
import { type AtHand, mayPassOver, newDrawing, noteClaimed, type QueueSearch } from "./drawing.ts";
import { draw } from "./drawing-ends.ts";
import type { PoolRecords } from "./pool-records.ts";
import type { Volunteer } from "./volunteers.ts";

/** How many members are asked for a long own queue, when a volunteer is served by the way. */
export const membersAskedByTheWay = 8;

const volunteersPerRound = 16;
const mostRounds = 64;

/** How much to match. */
export interface MatchBounds extends QueueSearch {
  /** At most so many requests. */
  readonly limit: number;
  /** The function of the first request, if that is known. */
  readonly functionName?: string | undefined;
  /** See {@link Drawing.atHand}. */
  readonly atHand?: AtHand | undefined;
}

/** What became of one volunteer. */
interface Served {
  /** How many requests it got. */
  readonly moved: number;
  /** It may take anything, and has found nothing: the others need not look where it has looked. */
  readonly isNothingLeft: boolean;
}

/** Returns how many requests were given away. */
export function match(records: PoolRecords, { limit, sample, first, functionName, atHand }: MatchBounds): number {
  let moved = 0;
  let search: QueueSearch = { sample, first };
  for (let round = 0; moved < limit && round < mostRounds; round += 1) {
    const idle = records.volunteers.first(volunteersPerRound);
    const volunteers = orderVolunteers(idle, records.preferences, functionName);
    const volunteersBefore = records.volunteers.size;
    for (const volunteer of volunteers) {
      const served = serveVolunteer(records, volunteer, { limit: limit - moved, atHand, ...search });
      moved += served.moved;
      if (served.isNothingLeft) search = { sample: 0 };
      if (moved >= limit) break;
    }
    // Fewer than asked for were all there are, and each has been served or has found nothing.
    if (records.volunteers.size === volunteersBefore || volunteers.length < volunteersPerRound) break;
  }
  return moved;
}

/** A volunteer that has an old function table is sent away to read the new one first. */
function serveVolunteer(records: PoolRecords, volunteer: Volunteer, { limit, atHand, ...search }: MatchBounds): Served {
  const { worker, want, epoch, skips, carry } = volunteer;
  if (epoch !== records.functions.epoch) {
    records.volunteers.standDown(worker);
    records.inboxes.send(worker, { kind: "functions" });
    return { moved: 0, isNothingLeft: false };
  }
  const drawing = newDrawing({
    worker,
    room: Math.min(want, limit),
    budget: Number.POSITIVE_INFINITY,
    spare: 0,
    skips,
    reach: carry ?? "roots",
    atHand,
  });
  draw(records, drawing, search);
  if (drawing.claims.length === 0) return { moved: 0, isNothingLeft: drawing.scans > 0 && !mayPassOver(drawing) };
  records.volunteers.standDown(worker);
  noteClaimed(records, worker, drawing.claims);
  records.count("moved", drawing.claims.length);
  for (const claim of drawing.claims) records.inboxes.send(worker, { kind: "run", claim });
  return { moved: drawing.claims.length, isNothingLeft: false };
}
