/**
 * Turns what scripts reply into the records of the contract. The form of each reply is in the script's header; what peers have written
 * within it is passed over where it cannot be read, and noted.
 */

import { noStamp } from "../../contract/code/stamp.ts";
import type {
  CheckAnswer,
  Claim,
  ClaimReply,
  KeptResultState,
  PoolState,
  Progress,
  RequestState,
  RunningProgress,
  SubmitAnswer,
  SubmitReply,
  Survey,
  SweepReply,
} from "../../contract/contract.ts";
import { doneRequest } from "../../contract/done-request.ts";
import type { Waits } from "../../contract/waits.ts";
import { readClaim } from "./claim-record.ts";
import {
  type NoteUnreadable,
  readCapacity,
  readCost,
  readExpectedWork,
  readFunctionTable,
  readHosts,
  readMembers,
} from "./peer-records.ts";
import { byId, list, pairs, type Reply } from "./reply-parts.ts";

export function readSubmitReply(reply: Reply): SubmitReply {
  const answers: SubmitAnswer[] = [];
  for (let i = 1; i < reply.length; i += 2) {
    const index = Number(reply[i]);
    const text = String(reply[i + 1]);
    if (text === "unknown-function" || text === "pool-full" || text === "unknown-worker") {
      answers.push({ index, kind: text });
    } else {
      const stampEnd = text.indexOf(" ");
      answers.push({ index, kind: "outcome", outcome: text.slice(stampEnd + 1), stamp: text.slice(0, stampEnd) });
    }
  }
  return { answers, volunteers: Number(reply[0]) };
}

export function readClaims(
  { parts, from, now }: { readonly parts: Reply; readonly from: number; readonly now: number },
  note: NoteUnreadable,
): Claim[] {
  const claims: Claim[] = [];
  for (let i = from; i < parts.length; i += 2) {
    const claim = readClaim(String(parts[i]), String(parts[i + 1]), now);
    if (claim === undefined) note("malformed claim");
    else claims.push(claim);
  }
  return claims;
}

export function readClaimReply(reply: Reply, note: NoteUnreadable): ClaimReply {
  return {
    kind: String(reply[0]) as ClaimReply["kind"],
    volunteers: Number(reply[1]),
    isMore: reply[2] === 1,
    claims: readClaims({ parts: reply, from: 4, now: Number(reply[3]) }, note),
  };
}

export function readCheckReply(reply: Reply): CheckAnswer[] {
  return reply.map((answer) => {
    if (typeof answer === "number") return { kind: answer === 0 ? "pending" : "unknown" };
    const [outcome, stamp] = list(answer).map(String);
    return outcome === undefined ? { kind: "unknown" } : { kind: "outcome", outcome, stamp: stamp ?? noStamp };
  });
}

export function readSweepReply(reply: Reply): SweepReply {
  return {
    role: String(reply[0]) as SweepReply["role"],
    lapsedClients: Number(reply[1]),
    reclaimed: Number(reply[2]),
    moved: Number(reply[3]),
    isMore: Number(reply[4]) === 1,
    lapsedWorkers: reply.slice(5).map(String),
  };
}

export function readSurvey(reply: Reply, note: NoteUnreadable): Survey {
  const [queued = 0, members = 0, idleWorkers = 0, sampled = 0, workers = 0, slots = 0, ownQueued = 0] = reply
    .slice(0, 7)
    .map(Number);
  const scale = sampled === 0 ? 0 : members / sampled;
  const waiting = [...pairs(reply.slice(9))].map(([id, micros]) => ({
    id,
    selfMicros: readCost(micros).selfMicros,
  }));
  return {
    queued: queued + Math.round(ownQueued * scale),
    workers: Math.round(workers * scale),
    idleWorkers,
    slotsPerWorker: workers === 0 ? 1 : slots / workers,
    hosts: readHosts(list(reply[7]), note).filter(({ leaseLeftMs }) => leaseLeftMs > 0),
    expected: readExpectedWork(list(reply[8]), note),
    waiting: waiting.sort(byId),
  };
}

export function readPoolState(pool: string, reply: Reply, note: NoteUnreadable): PoolState {
  const counters = [...pairs(list(reply[4]))].map(([name, value]) => [name, Number(value)] as const);
  return {
    pool,
    queued: Number(reply[0]),
    clients: Number(reply[1]),
    head: String(reply[2]) || undefined,
    functions: readFunctionTable(list(reply[3]), note),
    counters: Object.fromEntries(counters.filter(([, value]) => Number.isFinite(value))),
    hosts: readHosts(list(reply[5]), note),
    capacity: readCapacity(String(reply[7]), Number(reply[6]), note),
    expected: readExpectedWork(list(reply[8]), note),
    ...progressIn(list(reply[9])),
    members: readMembers(reply.slice(10), note),
  };
}

export function readRequestState(id: string, reply: Reply): RequestState | undefined {
  if (reply.length === 0) return undefined;
  const [payload, owner, lease, claimed, waitsFor, losses, suspended, timeoutMs, progress, priority, ...waiters] =
    reply.map(String);
  if (reply.length === 3) return doneRequest(id, String(reply[1]), Number(reply[2]));
  return {
    id,
    payload: payload ?? "",
    state: owner === "" ? "queued" : suspended === "1" ? "suspended" : "running",
    owner: owner || undefined,
    ownerLeaseLeftMs: lease === "" ? undefined : Number(lease),
    claimedForMs: claimed === "" ? undefined : Number(claimed),
    waiters: waiters.sort(),
    waitsFor: readIds(waitsFor ?? ""),
    losses: Number(losses),
    priority: Number(priority),
    timeoutMs: Number(timeoutMs),
    progress: readProgress(progress ?? ""),
    resultStamp: undefined,
    resultLeftMs: undefined,
  };
}

export function readKeptResult([stamp, leftMs]: Reply): KeptResultState | undefined {
  return stamp === undefined ? undefined : { stamp: String(stamp), leftMs: Number(leftMs) };
}

export function readWaits(reply: Reply): Waits {
  return new Map([...pairs(reply)].map(([id, edges]) => [id, readIds(edges)]));
}

function readIds(edges: string): readonly string[] {
  return edges.match(/.{22}/g) ?? [];
}

function progressIn(reply: Reply): Pick<PoolState, "progress"> {
  const progress: RunningProgress[] = [];
  for (let at = 0; at < reply.length; at += 3) {
    const [id, worker, text] = reply.slice(at, at + 3).map(String);
    const read = readProgress(text ?? "");
    if (id !== undefined && worker !== undefined && read !== undefined) progress.push({ id, worker, ...read });
  }
  return progress.length === 0 ? {} : { progress };
}

function readProgress(text: string): Progress | undefined {
  const [done = Number.NaN, total = Number.NaN, index, forMs] = text.split(" ").map(Number);
  if (Number.isNaN(done + total)) return undefined;
  return { done, total, ...(index !== undefined && forMs !== undefined && { slice: { index, forMs } }) };
}

/** As {@link readProgress} reads it. */
export function progressText({ done, total, slice }: Progress): string {
  return `${done} ${total}${slice === undefined ? "" : ` ${slice.index} ${slice.forMs}`}`;
}
