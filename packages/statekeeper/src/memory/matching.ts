/**
 * Matching: gives queued requests to volunteers, best first, until either runs out. It runs inside every operation that may put
 * a request beside a volunteer, so nobody has to look for work. (scripts/lib/match.lua)
 */

import { orderVolunteers } from "../volunteer-order.ts";
import type { Deque } from "./deque.ts";
import { drawAnywhere, newDrawing, noteClaimed } from "./drawing.ts";
import type { PoolRecords } from "./pool-records.ts";
import type { Volunteer } from "./volunteers.ts";

/** How many members are asked for a long own queue, when a volunteer is served by the way. */
export const membersAskedByTheWay = 8;

const volunteersPerRound = 16;
const mostRounds = 64;

/** How much to match. */
export interface MatchBounds {
  /** At most so many requests. */
  readonly limit: number;
  /** How many members to ask for a long own queue. */
  readonly sample: number;
  /** The function of the first request, if that is known. */
  readonly functionName?: string | undefined;
  /** See {@link Drawing.atHand}. */
  readonly atHand?: Deque<string>;
}

/** Returns how many requests were given away. */
export function match(records: PoolRecords, { limit, functionName, ...rest }: MatchBounds): number {
  let moved = 0;
  for (let round = 0; moved < limit && round < mostRounds; round += 1) {
    const idle = records.volunteers.first(volunteersPerRound);
    const volunteers = orderVolunteers(idle, records.preferences, functionName);
    const volunteersBefore = records.volunteers.size;
    for (const volunteer of volunteers) {
      moved += serveVolunteer(records, volunteer, { limit: limit - moved, ...rest });
      if (moved >= limit) break;
    }
    // Fewer than asked for were all there are, and each has been served or has found nothing.
    if (records.volunteers.size === volunteersBefore || volunteers.length < volunteersPerRound) break;
  }
  return moved;
}

/** Returns how many requests the volunteer got. One that has an old function table is sent away to read the new one first. */
function serveVolunteer(records: PoolRecords, volunteer: Volunteer, { limit, sample, atHand }: MatchBounds): number {
  const { worker, want, epoch, skips, isClosedToOwn } = volunteer;
  if (epoch !== records.functions.epoch) {
    records.volunteers.standDown(worker);
    records.inboxes.send(worker, { kind: "functions" });
    return 0;
  }
  const drawing = newDrawing({
    worker,
    room: Math.min(want, limit),
    budget: Number.POSITIVE_INFINITY,
    skips,
    reach: isClosedToOwn ? "others" : "roots",
    atHand,
  });
  drawAnywhere(records, drawing, sample);
  if (drawing.claims.length === 0) return 0;
  records.volunteers.standDown(worker);
  noteClaimed(records, worker, drawing.claims);
  records.count("moved", drawing.claims.length);
  for (const claim of drawing.claims) records.inboxes.send(worker, { kind: "run", claim });
  return drawing.claims.length;
}
