/**
 * Sweeping: what some process has to do now and then. Processes whose lease lapsed are retired, and volunteers get what is queued
 * anywhere. (scripts/sweep.lua, abdicate.lua)
 */
import type { SweepReply, SweepRequest } from "../../contract/contract.ts";
import type { PoolRecords } from "../records/pool-records.ts";
import { audit } from "./auditing.ts";
import { copyStragglers } from "./copying.ts";
import { match } from "./matching.ts";
import { retire } from "./retiring.ts";

const membersAsked = 256;

export function sweep(records: PoolRecords, request: SweepRequest): SweepReply {
  const head = records.head();
  if (head !== undefined && head !== request.process) return standby;
  if (request.headLeaseMs > 0) {
    records.headLease = { process: request.process, until: records.now() + request.headLeaseMs };
    if (request.prefer !== undefined && request.prefer.length > 0) records.preferences = [...request.prefer];
  } else if (request.sweeperLeaseMs !== undefined && request.sweeperLeaseMs > 0) {
    const sweeper = records.sweeper();
    if (sweeper !== undefined && sweeper !== request.process) return standby;
    records.sweeperLease = { process: request.process, until: records.now() + request.sweeperLeaseMs };
  }
  const retired = retireLapsed(records, request);
  audit(records);
  const moved = match(records, { limit: request.limit, sample: membersAsked });
  if (request.copyAfterMs !== undefined && request.copyAfterMs > 0) copyStragglers(records, request.copyAfterMs);
  return {
    ...retired,
    role: request.headLeaseMs > 0 ? "head" : "vacant",
    moved,
    isMore: retired.isMore || moved >= request.limit,
  };
}

/** Gives up heading the pool, if the process does. */
export function abdicate(records: PoolRecords, process: string): void {
  if (records.head() === process) records.headLease = undefined;
}

const standby: SweepReply = {
  role: "standby",
  lapsedWorkers: [],
  lapsedClients: 0,
  reclaimed: 0,
  moved: 0,
  isMore: false,
};

function retireLapsed(records: PoolRecords, { maxAttempts, limit }: SweepRequest): Omit<SweepReply, "role" | "moved"> {
  const lapsed = records.leases.lapsed(records.now(), records.limits.lapsedPerSweep);
  const lapsedWorkers: string[] = [];
  let reclaimed = 0;
  let isMore = lapsed.length === records.limits.lapsedPerSweep;
  for (const process of lapsed) {
    if (!records.members.has(process)) {
      records.inboxes.drop(process);
      records.hosts.delete(process);
      records.leases.delete(process);
      continue;
    }
    const report = { worker: process, reason: "its lease lapsed" };
    const retired = retire(records, process, { death: { report, maxAttempts, mayReturn: true }, limit });
    lapsedWorkers.push(process);
    reclaimed += retired.reclaimed;
    isMore ||= !retired.isDone;
  }
  return { lapsedWorkers, lapsedClients: lapsed.length - lapsedWorkers.length, reclaimed, isMore };
}
