/**
 * How many workers a pool should have: the figures it is computed from, the result, and the hosts that carry it out.
 * (scripts/survey.lua, announceWork.lua, reportHost.lua, noteCapacity.lua)
 */
import { functionNameIn } from "@callgrid/core";
import type {
  AnnouncedWork,
  Capacity,
  ExpectedWork,
  HostReport,
  HostState,
  Survey,
  SurveyRequest,
  WaitingRequest,
} from "../../contract/contract.ts";
import { isBridge, isOwnWorker } from "../../contract/own-workers.ts";
import type { PoolRecords } from "../records/pool-records.ts";

const mostHosts = 1_000;
const mostExpected = 1_000;

export function survey(records: PoolRecords, { requests, members }: SurveyRequest): Survey {
  const ids = sampleWaiting(records, requests);
  const sampled = records.members.sample(members);
  let [workers, slots, ownQueued, idleBridges] = [0, 0, 0, 0];
  for (const id of sampled) {
    const member = records.members.get(id);
    if (member !== undefined && isBridge(member) && records.volunteers.has(id)) idleBridges += 1;
    if (member !== undefined && isOwnWorker(member)) {
      workers += 1;
      slots += Number(member.description["slots"] ?? 1);
    }
    const own = records.ownQueues.get(id);
    ownQueued += own?.length ?? 0;
    for (const waiting of own?.first(Math.max(0, requests - ids.length)) ?? []) ids.push(waiting);
  }
  const scale = sampled.length === 0 ? 0 : records.members.size / sampled.length;
  return {
    queued: records.waiting + Math.round(ownQueued * scale),
    workers: Math.round(workers * scale),
    idleWorkers: records.volunteers.size - idleBridges,
    slotsPerWorker: workers === 0 ? 1 : slots / workers,
    hosts: hostStates(records).filter(({ leaseLeftMs }) => leaseLeftMs > 0),
    expected: expectedWork(records),
    waiting: waitingAmong(records, ids),
  };
}

/** Announcements that have ended are dropped here, so their number stays bounded. */
export function announceWork(records: PoolRecords, { id, startsInMs, ttlMs, ...work }: AnnouncedWork): boolean {
  const now = records.now();
  for (const [known, { endsAt }] of records.expected) if (endsAt <= now) records.expected.delete(known);
  if (work.workMs === 0) {
    records.expected.delete(id);
    return true;
  }
  if (records.expected.size >= mostExpected && !records.expected.has(id)) return false;
  records.expected.set(id, { ...work, startsAt: now + startsInMs, endsAt: now + ttlMs });
  return true;
}

/** By id; what has ended is left out. */
export function expectedWork(records: PoolRecords): ExpectedWork[] {
  const now = records.now();
  return [...records.expected]
    .map(([id, { startsAt, endsAt, ...work }]) => ({
      ...{ id, ...work, startsInMs: Math.max(0, startsAt - now), endsInMs: endsAt - now },
    }))
    .filter(({ endsInMs }) => endsInMs > 0)
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Takes the agent of a machine in, or prolongs its lease. */
export function reportHost(records: PoolRecords, { leaseMs, ...host }: HostReport): Capacity | undefined {
  records.leases.set(host.id, records.now() + leaseMs);
  records.hosts.set(host.id, { ...host, description: JSON.parse(JSON.stringify(host.description)) });
  return capacityOf(records);
}

export function noteCapacity(
  records: PoolRecords,
  process: string,
  { desiredWorkers, shares }: Omit<Capacity, "ageMs">,
): boolean {
  if (records.head() !== process) return false;
  records.capacity = { notedAt: records.now(), desiredWorkers, shares: { ...shares } };
  return true;
}

export function capacityOf(records: PoolRecords): Capacity | undefined {
  if (records.capacity === undefined) return undefined;
  const { notedAt, ...capacity } = records.capacity;
  return { ...capacity, ageMs: records.now() - notedAt };
}

/** By id; a lease that is not there any more counts as lapsed. */
export function hostStates(records: PoolRecords): HostState[] {
  if (records.hosts.size > mostHosts) return [];
  const states = [...records.hosts.values()].map((host) => ({
    ...host,
    leaseLeftMs: (records.leases.lapsesAt(host.id) ?? records.now()) - records.now(),
  }));
  return states.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** Of each shared queue as large a part as it is of what waits, from both ends. */
function sampleWaiting(records: PoolRecords, most: number): string[] {
  const ids: string[] = [];
  for (const queue of [...records.sharedQueues()].reverse()) {
    const part = Math.min(most - ids.length, Math.ceil((most * queue.length) / Math.max(1, records.waiting)));
    const isWhole = queue.length <= part;
    if (isWhole) for (const id of queue) ids.push(id);
    else for (const id of [...queue.first(Math.ceil(part / 2)), ...queue.last(Math.floor(part / 2))]) ids.push(id);
  }
  return ids;
}

/** Each once, by id: an id may lie on several queues. */
function waitingAmong(records: PoolRecords, ids: readonly string[]): WaitingRequest[] {
  return [...new Set(ids)].sort().flatMap((id) => {
    const record = records.requests.get(id);
    if (record === undefined || record.owner !== undefined) return [];
    if (record.losses === 0 && !records.hasKnownWaiter(record)) return [];
    return [{ id, selfMicros: records.functions.costOf(functionNameIn(record.payload))?.selfMicros }];
  });
}
