/**
 * Waiting: what waiters do while a request is open. They check on it, and leave it; a waiting request reports what it waits for,
 * and who waits for whom is followed along that. (scripts/check.lua, withdraw.lua, mark.lua, followWaits.lua)
 */

import type { CheckAnswer, Progress } from "../../contract/contract.ts";
import type { Waits } from "../../contract/waits.ts";
import { enqueue, poolPlace, queueAt } from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";

/**
 * The states of requests; makes the process a waiter of the open ones (again). Who was none is in line with those that are queued,
 * since it may draw nothing from the caller with whom they are.
 */
export function check(
  records: PoolRecords,
  process: string,
  what: { readonly leaseMs: number; readonly ids: readonly string[]; readonly functionNames: readonly string[] },
): readonly CheckAnswer[] {
  const now = records.now();
  if (what.leaseMs > 0) records.leases.set(process, now + what.leaseMs);
  return what.ids.map((id, index) => {
    const record = records.requests.get(id);
    if (record !== undefined) {
      if (!record.waiters.has(process) && record.owner === undefined) enqueue(records, poolPlace, [id]);
      record.waiters.add(process);
      return { kind: "pending" };
    }
    const result = records.results.get(id, now);
    const isUsable = result && records.functions.isMadeByCurrentCode(what.functionNames[index] ?? "", result.stamp);
    return isUsable === true ? { kind: "outcome", ...result } : { kind: "unknown" };
  });
}

/** A request that no caller waits for any more is removed, and its owner is notified to stop. */
export function withdraw(records: PoolRecords, process: string, ids: readonly string[]): void {
  for (const id of ids) {
    const record = records.requests.get(id);
    if (record?.waiters.delete(process) !== true) continue;
    if (records.hasKnownWaiter(record)) {
      letOthersLook(records, record);
      continue;
    }
    if (record.owner !== undefined) {
      records.noteNotRunning(record.owner, id);
      records.inboxes.send(record.owner, { kind: "cancel", id });
    }
    records.close(id, record);
    records.count("withdrawn", 1);
  }
}

/** Who passed it over because the process waited for it may take it now. */
function letOthersLook(records: PoolRecords, { places }: RequestRecord): void {
  for (const place of places) queueAt(records, place)?.forgetPassed();
}

/** Notes which claimed requests wait for others, and which go on. */
export function mark(
  records: PoolRecords,
  worker: string,
  marks: {
    readonly suspended: ReadonlyArray<{ readonly id: string; readonly waitsFor: readonly string[] }>;
    readonly resumed: readonly string[];
    readonly progress: ReadonlyArray<Progress & { readonly id: string }>;
  },
): void {
  const owned = (id: string): RequestRecord | undefined => {
    const record = records.requests.get(id);
    return record?.owner === worker ? record : undefined;
  };
  for (const { id, waitsFor } of marks.suspended) {
    const record = owned(id);
    if (record !== undefined) record.suspended = [...waitsFor];
  }
  for (const { id, ...progress } of marks.progress) {
    const record = owned(id);
    if (record !== undefined) record.progress = progress;
  }
  for (const id of marks.resumed) {
    const record = owned(id);
    if (record !== undefined) record.suspended = undefined;
  }
}

/** Follows the noted edges breadth first, and looks at `limit` requests at most. */
export function followWaits(records: PoolRecords, ids: readonly string[], limit: number): Waits {
  const waits = new Map<string, readonly string[]>();
  const met = new Set<string>();
  const meet = (id: string): void => {
    if (met.size < limit) met.add(id);
  };
  for (const id of ids) meet(id);
  for (const id of met) {
    const waitsFor = records.requests.get(id)?.suspended ?? [];
    if (waitsFor.length > 0) waits.set(id, [...waitsFor]);
    for (const next of waitsFor) meet(next);
  }
  return waits;
}
