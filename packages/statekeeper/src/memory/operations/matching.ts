/**
 * Matching: gives queued requests to volunteers, best first, until either runs out. It runs inside every operation that may put
 * a request and a volunteer unmatched, so no worker has to look for work. (scripts/lib/match.lua)
 */
import { orderVolunteers } from "../../contract/volunteer-order.ts";
import { type AtHand, newDrawing, type QueueSearch } from "../drawing/drawing.ts";
import { draw } from "../drawing/drawing-ends.ts";
import type { PoolRecords } from "../records/pool-records.ts";
import type { Volunteer } from "../records/volunteers.ts";

/** How many members are asked for a long own queue, when a volunteer is served by the way. */
export const membersAskedByTheWay = 8;

/** How many volunteers are looked at in a round: more of them while those that were looked at pass over what there is. */
const volunteersAsked = [16, 64, 256] as const;
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

/** What is known to find nothing, so that others need not look where one has looked. */
interface Dry {
  /** Those that take whatever they meet, and with them all others. */
  isForAll: boolean;
  readonly kinds: Set<string>;
}

/** Returns how many requests were given away. */
export function match(records: PoolRecords, bounds: MatchBounds): number {
  const dry: Dry = { isForAll: false, kinds: new Set() };
  let moved = 0;
  let asked = 0;
  for (let round = 0; moved < bounds.limit && round < mostRounds; round += 1) {
    const most = volunteersAsked[asked];
    if (most === undefined) break;
    const idle = records.volunteers.first(most);
    const volunteersBefore = records.volunteers.size;
    for (const volunteer of orderVolunteers(idle, records.preferences, bounds.functionName)) {
      moved += serveVolunteer(records, volunteer, { ...bounds, limit: bounds.limit - moved, dry });
      if (moved >= bounds.limit) break;
    }
    // Fewer than asked for were all there are, and each has been served or has found nothing.
    if (idle.length < most || dry.isForAll) break;
    asked = records.volunteers.size < volunteersBefore ? 0 : asked + 1;
  }
  return moved;
}

/** Returns how many requests it got. One that has an old function table is sent away to read the new one first. */
function serveVolunteer(
  records: PoolRecords,
  volunteer: Volunteer,
  { limit, atHand, sample, first, dry }: MatchBounds & { readonly dry: Dry },
): number {
  const { worker, want, epoch, skips, carry } = volunteer;
  if (epoch !== records.functions.epoch) {
    records.volunteers.standDown(worker);
    records.inboxes.send(worker, { kind: "functions" });
    return 0;
  }
  const room = Math.min(want, limit);
  const reach = carry ?? "roots";
  const drawing = newDrawing({ worker, room, budget: Number.POSITIVE_INFINITY, spare: 0, skips, reach, atHand });
  const isDry = dry.isForAll || (drawing.kind !== undefined && dry.kinds.has(drawing.kind));
  draw(records, drawing, { sample: isDry ? 0 : sample, first });
  const { claims, kind, isCutShort } = drawing;
  if (claims.length === 0 && !isCutShort && kind === undefined) dry.isForAll = true;
  if (claims.length === 0 && !isCutShort && kind !== undefined) dry.kinds.add(kind);
  if (claims.length === 0) return 0;
  records.volunteers.standDown(worker);
  records.count("moved", claims.length);
  for (const claim of claims) records.inboxes.send(worker, { kind: "run", claim });
  return claims.length;
}
