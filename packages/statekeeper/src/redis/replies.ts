/**
 * Turns what scripts reply into the records of the contract. The form of each reply stands in the script's header.
 */
import { GridError } from "@callgrid/core";
import type {
  Capacity,
  CheckAnswer,
  Claim,
  ClaimReply,
  ExpectedWork,
  FunctionTable,
  HostState,
  MemberState,
  PoolState,
  Progress,
  RegisteredFunction,
  RequestState,
  SubmitAnswer,
  SubmitReply,
  Survey,
  SweepReply,
} from "../contract.ts";
import { doneRequest } from "../done-request.ts";
import { readClaim } from "./claim-record.ts";

type Reply = ReadonlyArray<unknown>;

/** A reply that must be a list. */
export function list(reply: unknown): Reply {
  if (Array.isArray(reply)) return reply;
  throw new GridError("STATEKEEPER_REFUSED", `a script replied ${JSON.stringify(reply)} where a list was due`);
}

export function readSubmitReply(reply: Reply): SubmitReply {
  const answers: SubmitAnswer[] = [];
  for (let i = 1; i < reply.length; i += 2) {
    const index = Number(reply[i]);
    const text = String(reply[i + 1]);
    if (text === "unknown-function" || text === "pool-full") answers.push({ index, kind: text });
    else answers.push({ index, kind: "outcome", outcome: text });
  }
  return { answers, volunteers: Number(reply[0]) };
}

export function readClaims(parts: Reply, from: number, now: number): Claim[] {
  const claims: Claim[] = [];
  for (let i = from; i < parts.length; i += 2) claims.push(readClaim(String(parts[i]), String(parts[i + 1]), now));
  return claims;
}

export function readClaimReply(reply: Reply): ClaimReply {
  return {
    kind: String(reply[0]) as ClaimReply["kind"],
    volunteers: Number(reply[1]),
    isMore: reply[2] === 1,
    claims: readClaims(reply, 4, Number(reply[3])),
  };
}

export function readCheckReply(reply: Reply): CheckAnswer[] {
  return reply.map((answer) => {
    if (typeof answer === "string") return { kind: "outcome", outcome: answer };
    return { kind: answer === 0 ? "pending" : "unknown" };
  });
}

export function readFunctionTable(reply: Reply): FunctionTable {
  const costs = pairs(list(reply[2]));
  const functions = new Map<string, RegisteredFunction>();
  for (const [name, stamp] of pairs(list(reply[1]))) {
    const cut = stamp.lastIndexOf("#");
    functions.set(name, {
      version: stamp.slice(0, cut),
      generation: Number(stamp.slice(cut + 1)),
      ...readCost(costs.get(name)),
    });
  }
  return { epoch: Number(reply[0]), functions };
}

/** As complete.lua notes it. */
function readCost(text: string | undefined): Pick<RegisteredFunction, "selfMicros" | "expectedMicros"> {
  if (text === undefined) return {};
  const [selfMicros, expectedMicros] = text.split(" ").map(Number);
  return { selfMicros: selfMicros ?? 0, expectedMicros: expectedMicros ?? 0 };
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

export function readSurvey(reply: Reply): Survey {
  const [queued = 0, members = 0, idleWorkers = 0, sampled = 0, workers = 0, slots = 0, ownQueued = 0] = reply
    .slice(0, 7)
    .map(Number);
  const scale = sampled === 0 ? 0 : members / sampled;
  const waiting = [...pairs(reply.slice(9))].map(([id, micros]) => ({
    id,
    selfMicros: readCost(micros === "" ? undefined : micros).selfMicros,
  }));
  return {
    queued: queued + Math.round(ownQueued * scale),
    workers: Math.round(workers * scale),
    idleWorkers,
    slotsPerWorker: workers === 0 ? 1 : slots / workers,
    hosts: readHosts(list(reply[7])).filter(({ leaseLeftMs }) => leaseLeftMs > 0),
    expected: readExpectedWork(list(reply[8])),
    waiting: waiting.sort(byId),
  };
}

function readHosts(parts: Reply): HostState[] {
  const hosts: HostState[] = [];
  for (let i = 0; i < parts.length; i += 3) {
    const [id, told, leaseLeftMs] = parts.slice(i, i + 3).map(String);
    const host = JSON.parse(told ?? "") as Omit<HostState, "id" | "leaseLeftMs">;
    hosts.push({ ...host, id: id ?? "", leaseLeftMs: Number(leaseLeftMs) });
  }
  return hosts.sort(byId);
}

function readExpectedWork(parts: Reply): ExpectedWork[] {
  const works: ExpectedWork[] = [];
  for (let i = 0; i < parts.length; i += 5) {
    const [startsInMs = 0, endsInMs = 0, withinMs = 0, workMs = 0] = parts.slice(i + 1, i + 5).map(Number);
    works.push({ id: String(parts[i]), workMs, withinMs, startsInMs, endsInMs });
  }
  return works.sort(byId);
}

/** `ms` at which it was noted, a blank, and the numbers; empty if there are none. */
export function readCapacity(text: string, now: number): Capacity | undefined {
  const end = text.indexOf(" ");
  if (end === -1) return undefined;
  return { ...(JSON.parse(text.slice(end + 1)) as Omit<Capacity, "ageMs">), ageMs: now - Number(text.slice(0, end)) };
}

export function readPoolState(pool: string, reply: Reply): PoolState {
  const counters = Object.fromEntries([...pairs(list(reply[4]))].map(([name, value]) => [name, Number(value)]));
  const members: MemberState[] = [];
  for (let i = 9; i < reply.length; i += 6) members.push(readMember(reply.slice(i, i + 6)));
  return {
    pool,
    queued: Number(reply[0]),
    clients: Number(reply[1]),
    head: String(reply[2]) || undefined,
    functions: readFunctionTable(list(reply[3])),
    counters,
    hosts: readHosts(list(reply[5])),
    capacity: readCapacity(String(reply[7]), Number(reply[6])),
    expected: readExpectedWork(list(reply[8])),
    members: members.sort(byId),
  };
}

function readMember(parts: Reply): MemberState {
  const stored = JSON.parse(String(parts[1])) as { kind: MemberState["kind"]; description: Record<string, unknown> };
  return {
    id: String(parts[0]),
    kind: stored.kind,
    description: stored.description,
    leaseLeftMs: Number(parts[2]),
    queued: Number(parts[3]),
    running: Number(parts[4]),
    isVolunteer: Number(parts[5]) === 1,
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
    waitsFor: (waitsFor ?? "").match(/.{22}/g) ?? [],
    losses: Number(losses),
    priority: Number(priority),
    timeoutMs: Number(timeoutMs),
    progress: readProgress(progress ?? ""),
    resultStamp: undefined,
    resultLeftMs: undefined,
  };
}

function readProgress(text: string): Progress | undefined {
  const [done, total] = text.split(" ");
  return total === undefined ? undefined : { done: Number(done), total: Number(total) };
}

function pairs(flat: Reply): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) map.set(String(flat[i]), String(flat[i + 1]));
  return map;
}

function byId(one: { readonly id: string }, other: { readonly id: string }): number {
  return one.id < other.id ? -1 : 1;
}
