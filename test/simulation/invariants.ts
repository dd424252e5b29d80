/**
 * The invariants of docs/RELIABILITY.md, as far as the records of one pool show them. Each function returns a description of
 * the violation, or undefined. None changes anything.
 */
import type { PoolRecords, RequestRecord } from "@callgrid/statekeeper";

const idPattern = /^[~\w-][\w-]{21}$/;

/** Invariant 5: no queue holds a request that is claimed or done. */
export function staleEntry(records: PoolRecords): string | undefined {
  for (const id of takeableIds(records)) {
    const mistake = notWaiting(records, id);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** Invariant 3: as many wait as the queues hold. */
export function miscounted(records: PoolRecords): string | undefined {
  let held = records.queue.length;
  for (const [, { queues }] of records.callers.lines()) for (const queue of queues.values()) held += queue.length;
  return records.waiting === held ? undefined : `${records.waiting} are said to wait, and the queues hold ${held}`;
}

/** Invariant 3: a known request is queued where a member can take it from, or runs under a member with a lease. */
export function misplacedRequest(records: PoolRecords): string | undefined {
  const queued = takeableIds(records);
  for (const [id, record] of records.requests) {
    const mistake = record.owner === undefined ? notQueued(queued, id) : notRunning(records, record.owner, id);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

function notWaiting(records: PoolRecords, id: string): string | undefined {
  if (!idPattern.test(id)) return `a queue holds ${id}, which is no id`;
  const record = records.requests.get(id);
  if (record === undefined) return `a queue holds ${id}, which is done or gone`;
  return record.owner === undefined ? undefined : `a queue holds ${id}, which ${record.owner} has claimed`;
}

function takeableIds(records: PoolRecords): Set<string> {
  const ids = new Set(records.queue);
  for (const { queue } of records.callers.queues()) for (const id of queue) ids.add(id);
  for (const [worker, queue] of records.ownQueues) {
    if (records.members.has(worker)) for (const id of queue) ids.add(id);
  }
  return ids;
}

function notQueued(queued: ReadonlySet<string>, id: string): string | undefined {
  return queued.has(id) ? undefined : `${id} is known and not claimed, and in no queue that anybody takes from`;
}

function notRunning(records: PoolRecords, owner: string, id: string): string | undefined {
  if (!records.members.has(owner)) return `${id} is claimed by ${owner}, which is not a member`;
  if (!records.leases.has(owner)) return `${id} is claimed by ${owner}, which has no lease`;
  if (records.running.get(owner)?.has(id) !== true)
    return `${id} is claimed by ${owner}, and not noted as running there`;
  return undefined;
}

/** The second half of invariant 3: what has lapsed is found out. `since`: since when a process able to sweep has been there. */
export function forgottenLease(records: PoolRecords, bound: { since: number; graceMs: number }): string | undefined {
  const now = records.now();
  for (const process of records.leases.keys()) {
    const lapsedAt = records.leases.lapsesAt(process) ?? now;
    const overdueMs = now - Math.max(lapsedAt, bound.since) - bound.graceMs;
    if (overdueMs > 0) return `the lease of ${process} lapsed ${now - lapsedAt} ms ago, and no process has taken it up`;
  }
  return undefined;
}

/** Invariant 4: a result that is kept, under one stamp, stays what it was. `seen` is what earlier looks saw. */
export function changedResult(records: PoolRecords, seen: Map<string, string>): string | undefined {
  for (const [id, { outcome, stamp }] of records.results.entries(records.now())) {
    const before = seen.get(`${id} ${stamp}`);
    if (before === undefined) seen.set(`${id} ${stamp}`, outcome);
    else if (before !== outcome) return `the result of ${id} was ${shown(before)}, and is ${shown(outcome)} now`;
  }
  return undefined;
}

/** What must be gone when no request has come for a while; `living` are the processes there still are. */
export function leftover(records: PoolRecords, living: ReadonlySet<string>): string | undefined {
  for (const [id, record] of records.requests) return `${id} is still known: ${describe(record)}`;
  if (records.queue.length > 0) return `the pool's queue still holds ${[...records.queue].join(", ")}`;
  for (const { name, queue } of records.callers.queues())
    if (queue.length > 0) return `the queue of caller ${name} still holds ${[...queue].join(", ")}`;
  for (const [worker, queue] of records.ownQueues)
    if (queue.length > 0) return `the queue of ${worker} still holds ${[...queue].join(", ")}`;
  for (const [worker, ids] of records.running) return `${[...ids].join(", ")} still noted as running at ${worker}`;
  for (const process of records.leases.keys())
    if (!living.has(process)) return `${process} is dead and still has a lease`;
  for (const member of records.members.ids()) if (!living.has(member)) return `${member} is dead and still a member`;
  for (const { worker } of records.volunteers)
    if (!living.has(worker)) return `${worker} is dead and still a volunteer`;
  for (const [process] of records.inboxes.unread())
    if (!living.has(process)) return `${process} is dead and its inbox is still there`;
  return undefined;
}

function describe({ owner, waiters, suspended }: RequestRecord): string {
  const standing = owner === undefined ? "queued" : `${suspended === undefined ? "running" : "suspended"} at ${owner}`;
  return `${standing}, waited for by ${[...waiters].join(", ") || "no process"}`;
}

function shown(outcome: string): string {
  return outcome.slice(0, 80);
}
