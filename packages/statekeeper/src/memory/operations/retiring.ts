/**
 * Retiring a process: what it held or had queued goes back to the pool, then every trace of it goes. If it died, the requests that are to
 * blame take a loss, and fail once they have taken too many.
 * (scripts/lib/retire.lua, leave.lua)
 */
import { encodeError, isAddressedId } from "@callgrid/core";
import { shownPayload } from "../../contract/large-text.ts";
import { disown, enqueueAtHead, ownPlace, removeFrom } from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";
import { failAddressed } from "./addressed.ts";
import { blamedFor } from "./blaming.ts";
import { match, membersAskedByTheWay } from "./matching.ts";

/** How a worker died, or seems to have. */
export interface Death {
  /** Its lease expired, but no supervisor saw it die: losses are taken back if it joins again. */
  readonly mayReturn: boolean;
  readonly report: Readonly<Record<string, unknown>>;
  /** After so many losses a request fails with `WORKER_LOST`. */
  readonly maxAttempts: number;
}

/** What came of retiring. */
export interface Retired {
  /** How many ids went back to the pool. */
  readonly reclaimed: number;
  /** `false`: the bound was met, and the process is still there. */
  readonly isDone: boolean;
}

/** Retires a process that left by itself, or, with `death`, is known to have died; not where another instance is the member of its id. */
export function leave(
  records: PoolRecords,
  process: string,
  { death, instance }: { readonly death: Death | undefined; readonly instance: string | undefined },
): void {
  const member = instance === undefined ? undefined : records.members.get(process);
  if (member !== undefined && member.description["instance"] !== instance) return;
  const { reclaimed } = retire(records, process, { death, limit: Number.POSITIVE_INFINITY });
  match(records, { limit: reclaimed, sample: membersAskedByTheWay });
}

/** Retires a process, unless it held or had queued `limit` requests or more: those are dealt with, and the rest waits. */
export function retire(
  records: PoolRecords,
  process: string,
  how: { readonly death: Death | undefined; readonly limit: number },
): Retired {
  const taken = takeHeld(records, process, how.limit);
  const held = heldBy(records, process, taken);
  const blamed = how.death === undefined ? undefined : blamedFor(held, how.death, (id) => records.requests.has(id));
  const reclaimed: string[] = [];
  const addressed: string[] = [];
  for (const [id, record] of held) {
    if (isAddressedId(id)) {
      addressed.push(id);
      continue;
    }
    if (how.death !== undefined && blamed?.has(id) === true && isFatal(records, { id, record, death: how.death }))
      continue;
    disown(record);
    reclaimed.push(id);
  }
  failAddressed(records, process, addressed);
  const queued = takeQueued(records, process, how.limit);
  const back = [...reclaimed, ...queued];
  enqueueAtHead(records, back);
  records.count("reclaimed", back.length);
  const isDone = taken.length < how.limit && queued.length < how.limit;
  if (isDone) erase(records, process);
  return { reclaimed: back.length, isDone };
}

/** Counts a loss. Returns whether it was one too many; all waiters are notified then. */
function isFatal(records: PoolRecords, loss: { id: string; record: RequestRecord; death: Death }): boolean {
  const { id, record, death } = loss;
  const losses = record.losses + 1;
  record.reports.push(JSON.parse(JSON.stringify(death.report)));
  if (losses < death.maxAttempts) {
    record.losses = losses;
    if (death.mayReturn) records.lostRequests.add(record.owner ?? "", id, records.now());
    return false;
  }
  const outcome = encodeError({
    msg: `its workers died ${losses} times while running it`,
    code: "WORKER_LOST",
    req: shownPayload(record.payload),
    details: { losses, reports: record.reports },
  });
  records.finish(id, { record, outcome, isStored: false });
  records.count("lost", 1);
  return true;
}

function takeHeld(records: PoolRecords, process: string, limit: number): string[] {
  const running = records.running.get(process);
  const held = [...(running ?? [])].slice(0, limit).sort();
  for (const id of held) records.noteNotRunning(process, id);
  return held;
}

function heldBy(records: PoolRecords, process: string, ids: readonly string[]): Map<string, RequestRecord> {
  const held = new Map<string, RequestRecord>();
  for (const id of ids) {
    const record = records.requests.get(id);
    if (record?.owner === process) held.set(id, record);
  }
  return held;
}

function takeQueued(records: PoolRecords, process: string, limit: number): string[] {
  const queue = records.ownQueues.get(process);
  const queued = queue?.first(limit) ?? [];
  for (const id of queued) removeFrom(records, ownPlace(process), id);
  if (queue?.length === 0) records.ownQueues.delete(process);
  return queued;
}

/** The lease goes last: by it the next sweep finds what is left, should this stop midway. */
function erase(records: PoolRecords, process: string): void {
  const member = records.members.get(process);
  records.volunteers.standDown(process);
  if (member !== undefined) records.lookers.delete(process);
  records.memory.delete(process);
  records.members.delete(process);
  let isChanged = false;
  for (const [name, version] of member?.functions ?? []) {
    isChanged = records.functions.removeHolder(name, version) || isChanged;
  }
  if (isChanged) records.announceFunctions();
  records.hosts.delete(process);
  records.inboxes.drop(process);
  records.leases.delete(process);
}
