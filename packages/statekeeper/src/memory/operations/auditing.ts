/**
 * Auditing: compares what is derived from records, claims and members with these, and repairs it. A sweep looks at a few requests and goes
 * on where the last one stopped. What is counted on Redis alone needs no repair here. (scripts/lib/audit.lua)
 */
import { isAddressedId } from "@callgrid/core";
import {
  callerAt,
  disown,
  enqueue,
  enqueueAtHead,
  type Place,
  poolPlace,
  queueAt,
  takeOff,
} from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";
import { failAddressed } from "./addressed.ts";

export function audit(records: PoolRecords): void {
  for (const id of nextRequests(records)) {
    const record = records.requests.get(id);
    if (record === undefined) continue;
    if (isAddressedId(id) && !records.members.has(record.owner ?? ""))
      failAddressed(records, record.owner ?? "unknown", [id]);
    else if (record.owner !== undefined) auditClaimed(records, id, { record, owner: record.owner });
    else auditQueued(records, id, record);
  }
}

/** The next ones each time; all of them where they are few, but only after a while again. */
function nextRequests(records: PoolRecords): string[] {
  const { auditedPerSweep, auditEveryMs } = records.limits;
  if (records.auditsInTurn === undefined) {
    if (records.now() - records.auditBeganMs < auditEveryMs) return [];
    records.auditsInTurn = records.requests.keys();
    records.auditBeganMs = records.now();
  }
  const ids: string[] = [];
  while (ids.length < auditedPerSweep) {
    const { value, done } = records.auditsInTurn.next();
    if (done === true) {
      records.auditsInTurn = undefined;
      break;
    }
    ids.push(value);
  }
  return ids;
}

/** What a worker has claimed is noted as running there, and what one has that is gone goes back. */
function auditClaimed(
  records: PoolRecords,
  id: string,
  { record, owner }: { readonly record: RequestRecord; readonly owner: string },
): void {
  if (records.members.has(owner)) {
    if (records.running.get(owner)?.has(id) === true) return;
    records.noteRunning(owner, [id]);
  } else {
    takeOff(records, id, record);
    disown(record);
    enqueueAtHead(records, [id]);
  }
  records.count("repaired", 1);
}

/** It lies on the queues that its record names, without those of workers that are gone, or else on the pool's. */
function auditQueued(records: PoolRecords, id: string, record: RequestRecord): void {
  const places = record.places.filter((place) => isDrawnFrom(records, place));
  const missing = places.filter((place) => queueAt(records, place)?.has(id) !== true);
  const isLost = places.length === 0;
  if (places.length < record.places.length || isLost || missing.length > 0) records.count("repaired", 1);
  record.places = places;
  for (const place of isLost ? [poolPlace] : missing) enqueue(records, place, [id]);
  for (const place of places) keepInLine(records, place);
}

function isDrawnFrom(records: PoolRecords, place: Place): boolean {
  return !place.startsWith("queue:") || records.members.has(place.slice("queue:".length));
}

/** A caller's queue is drawn from only if both the caller and its priority are in line. */
function keepInLine(records: PoolRecords, place: Place): void {
  const caller = callerAt(place);
  if (caller !== undefined && records.callers.keepInLine(caller)) records.count("repaired", 1);
}
