/**
 * Waiting: what waiters do while a request is open. They check on it, and leave it; a waiting request tells what it waits for,
 * and cycles are found along that. (scripts/check.lua, withdraw.lua, mark.lua, findCycle.lua)
 */
import type { CheckAnswer, Progress } from "../../contract/contract.ts";
import { enqueue, poolPlace, queueAt } from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";

/**
 * What became of requests; makes the process a waiter of the open ones (again). Who was none is in line with those that are queued,
 * since it may draw nothing from the caller with whom they are.
 */
export function check(
  records: PoolRecords,
  process: string,
  what: { readonly leaseMs: number; readonly ids: readonly string[] },
): readonly CheckAnswer[] {
  const now = records.now();
  if (what.leaseMs > 0) records.leases.set(process, now + what.leaseMs);
  return what.ids.map((id) => {
    const record = records.requests.get(id);
    if (record !== undefined) {
      if (!record.waiters.has(process) && record.owner === undefined) enqueue(records, poolPlace, [id]);
      record.waiters.add(process);
      return { kind: "pending" };
    }
    const result = records.results.get(id, now);
    return result === undefined ? { kind: "unknown" } : { kind: "outcome", outcome: result.outcome };
  });
}

/** A request that nobody waits for any more is removed, and its owner is told to stop. */
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
  for (const { id, done, total } of marks.progress) {
    const record = owned(id);
    if (record !== undefined) record.progress = { done, total };
  }
  for (const id of marks.resumed) {
    const record = owned(id);
    if (record !== undefined) record.suspended = undefined;
  }
}

/** Follows the told edges depth first, and looks at `limit` requests at most. */
export function findCycle(records: PoolRecords, start: string, limit: number): readonly string[] {
  const edges = (id: string) => (records.requests.get(id)?.suspended ?? []).values();
  const path = [{ id: start, waitsFor: edges(start) }];
  const seen = new Set<string>();
  for (let top = path.at(-1); top !== undefined && seen.size < limit; top = path.at(-1)) {
    const { value: child, done } = top.waitsFor.next();
    if (done === true) {
      path.pop();
    } else if (child === start) {
      return path.map(({ id }) => id);
    } else if (!seen.has(child)) {
      seen.add(child);
      path.push({ id: child, waitsFor: edges(child) });
    }
  }
  return [];
}
