/**
 * Claiming: a worker gets requests to evaluate, or volunteers if there are none; and gives back what it did not start.
 * (scripts/claim.lua, release.lua)
 */
import { isAddressedId } from "@callgrid/core";
import type { ClaimReply, ClaimRequest } from "../../contract/contract.ts";
import { type Drawing, newDrawing } from "../drawing/drawing.ts";
import { draw } from "../drawing/drawing-ends.ts";
import { disown, enqueueAtHead } from "../records/places.ts";
import type { PoolRecords } from "../records/pool-records.ts";
import { failAddressed } from "./addressed.ts";
import { callLookers } from "./bridging.ts";
import { match, membersAskedByTheWay } from "./matching.ts";

export function claim(records: PoolRecords, request: ClaimRequest): ClaimReply {
  const { worker, max, budgetMicros, spareMicros = 0, epoch, reach } = request;
  const { volunteers, members, functions } = records;
  const former = volunteers.get(worker);
  // what it asked for ahead of need is less than what it needs now
  const wantedBefore = former?.carry === "ahead" && reach !== "ahead" ? 0 : (former?.want ?? 0);
  volunteers.standDown(worker);
  if (max === 0) return { kind: "claims", claims: [], volunteers: volunteers.size, isMore: false };
  if (!members.has(worker)) return { kind: "unknown-worker", claims: [], volunteers: 0, isMore: false };
  if (epoch !== functions.epoch) return { kind: "stale", claims: [], volunteers: 0, isMore: false };

  const skips = request.skips.length === 0 ? undefined : new Set(request.skips);
  const drawing = newDrawing({ worker, room: max, budget: budgetMicros, spare: spareMicros, skips, reach });
  draw(records, drawing, { sample: membersAskedByTheWay });
  const kind = settle(records, request, { drawing, wantedBefore });
  const isMore = drawing.room <= 0 || drawing.budget <= 0;
  return { kind, claims: drawing.claims, volunteers: volunteers.size, isMore };
}

/** With nothing to claim the worker volunteers, unless a bound was met: then it claims again, and the next drawing goes on there. */
function settle(
  records: PoolRecords,
  request: ClaimRequest,
  { drawing, wantedBefore }: { readonly drawing: Drawing; readonly wantedBefore: number },
): ClaimReply["kind"] {
  const { worker, epoch, volunteerFor, score = 1, recent } = request;
  const { skips, reach } = drawing;
  if (drawing.claims.length > 0) return "claims";
  if (drawing.isCutShort) return "again";
  if (volunteerFor > 0) {
    records.count("volunteered", 1);
    const carry = reach === "next" || reach === "ahead" || reach === "last" ? reach : undefined;
    records.volunteers.add({ worker, want: volunteerFor, epoch, skips, carry, score, recent });
    if (volunteerFor > wantedBefore) callLookers(records, worker);
  }
  return "claims";
}

/** Claimed requests that were not started go to the head of the pool's queue; copies that were not may be given to another worker. */
export function release(records: PoolRecords, worker: string, ids: readonly string[]): void {
  const back: string[] = [];
  for (const id of ids) {
    const record = records.requests.get(id);
    if (record?.owner === worker && isAddressedId(id)) failAddressed(records, worker, [id]);
    else if (record?.owner === worker) {
      disown(record);
      back.push(id);
    } else if (record?.owner !== undefined) record.isCopied = false;
    records.noteNotRunning(worker, id);
  }
  enqueueAtHead(records, back);
  records.count("released", back.length);
  match(records, { limit: back.length, sample: membersAskedByTheWay });
}
