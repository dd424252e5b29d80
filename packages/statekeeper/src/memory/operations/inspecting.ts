/**
 * Inspecting: reads a pool for `status`, one request for `why`, its kept result and what versions are made of for `cache explain`, and where
 * requests are. (scripts/inspect.lua, inspectRequest.lua, inspectResult.lua, noteCode.lua, readCode.lua, locate.lua)
 */
import type {
  CodeNote,
  KeptAmount,
  KeptResultState,
  MemberState,
  PoolState,
  RequestState,
  RunningProgress,
  Whereabouts,
} from "../../contract/contract.ts";
import { doneRequest } from "../../contract/done-request.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";
import { isOwnWorkerAt } from "./addressed.ts";
import { capacityOf, expectedWork, hostStates } from "./capacity.ts";

const mostMembersShown = 1_000;
const mostProgressShown = 100;

export function inspect(records: PoolRecords, pool: string): PoolState {
  return {
    pool,
    queued: records.waiting,
    members: records.members
      .ids()
      .slice(0, mostMembersShown)
      .map((id) => memberState(records, id))
      .sort(byId),
    clients: records.leases.size - records.members.size - records.hosts.size,
    hosts: hostStates(records),
    capacity: capacityOf(records),
    expected: expectedWork(records),
    head: records.head(),
    functions: records.functions.table(),
    counters: Object.fromEntries(records.counters),
    ...progressIn(records),
  };
}

/** Of the requests that were claimed first. */
function progressIn(records: PoolRecords): Pick<PoolState, "progress"> {
  const reported: Array<{ readonly claimedAt: number; readonly progress: RunningProgress }> = [];
  for (const [id, { owner, claimedAt = 0, progress }] of records.requests)
    if (owner !== undefined && progress !== undefined)
      reported.push({ claimedAt, progress: { id, worker: owner, ...progress } });
  if (reported.length === 0) return {};
  reported.sort((a, b) => a.claimedAt - b.claimedAt || (a.progress.id < b.progress.id ? -1 : 1));
  return { progress: reported.slice(0, mostProgressShown).map(({ progress }) => progress) };
}

export function inspectRequest(records: PoolRecords, id: string): RequestState | undefined {
  const record = records.requests.get(id);
  const now = records.now();
  if (record === undefined) {
    const result = records.results.get(id, now);
    return result === undefined ? undefined : doneRequest(id, result.stamp, records.results.leftMs(id, now));
  }
  const { payload, owner, claimedAt, suspended, losses, priority, waiters, deadline, progress } = record;
  return {
    id,
    payload,
    state: owner === undefined ? "queued" : suspended === undefined ? "running" : "suspended",
    owner,
    ownerLeaseLeftMs: owner === undefined ? undefined : leaseLeftMs(records, owner),
    claimedForMs: claimedAt === undefined ? undefined : now - claimedAt,
    waiters: [...waiters].sort(),
    waitsFor: suspended ?? [],
    losses,
    priority,
    timeoutMs: deadline === undefined ? 0 : Math.max(1, deadline - now),
    progress,
    resultStamp: undefined,
    resultLeftMs: undefined,
  };
}

export function inspectResult(records: PoolRecords, id: string): KeptResultState | undefined {
  const now = records.now();
  const result = records.results.get(id, now);
  return result && { stamp: result.stamp, leftMs: records.results.leftMs(id, now) };
}

/** The bytes are those that Redis would keep. */
export function measureResults(records: PoolRecords): KeptAmount {
  const kept = [...records.results.entries(records.now())];
  const lengths = kept.map(([, { stamp, outcome }]) => Buffer.byteLength(`${stamp} ${outcome}`));
  return { results: kept.length, bytes: lengths.reduce((sum, length) => sum + length, 0) };
}

export function noteCode(records: PoolRecords, notes: ReadonlyMap<string, CodeNote>): void {
  for (const [version, note] of notes) records.code.set(version, note);
}

export function readCode(records: PoolRecords, versions: readonly string[]): ReadonlyMap<string, CodeNote> {
  const notes = new Map<string, CodeNote>();
  for (const version of versions) {
    const note = records.code.get(version);
    if (note !== undefined) notes.set(version, note);
  }
  return notes;
}

export function locate(records: PoolRecords, ids: readonly string[]): readonly Whereabouts[] {
  return ids.map((id) => {
    const record = records.requests.get(id);
    if (record === undefined) return "unknown";
    if (record.owner === undefined) return "queued";
    return isAwaited(records, record) ? "awaited" : "claimed";
  });
}

function isAwaited(records: PoolRecords, { waiters }: RequestRecord): boolean {
  return [...waiters].some((waiter) => isOwnWorkerAt(records, waiter));
}

function memberState(records: PoolRecords, id: string): MemberState {
  const member = records.members.get(id);
  return {
    id,
    kind: member?.kind ?? "worker",
    description: member?.description ?? {},
    functions: Object.fromEntries(member?.functions ?? []),
    leaseLeftMs: leaseLeftMs(records, id) ?? 0,
    queued: records.ownQueues.get(id)?.length ?? 0,
    running: records.running.get(id)?.size ?? 0,
    isVolunteer: records.volunteers.has(id),
    memoryMb: records.memory.get(id),
  };
}

function leaseLeftMs(records: PoolRecords, process: string): number | undefined {
  const lapsesAt = records.leases.lapsesAt(process);
  return lapsesAt === undefined ? undefined : lapsesAt - records.now();
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
