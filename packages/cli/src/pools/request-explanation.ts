import { functionNameOf, nameList, shortText } from "@callgrid/core";
import {
  codesIn,
  type MemberState,
  ownPart,
  ownStamp,
  type PoolState,
  type RequestState,
  readCode,
  versionIn,
} from "@callgrid/statekeeper";
import { counted, durationText } from "../terminal/durations.ts";

/** What is known of a request and of what it depends on. */
export interface RequestSituation {
  readonly id: string;
  /** Undefined where only the id is known. */
  readonly functionName: string | undefined;
  readonly pool: PoolState;
  /** Undefined where the pool does not know it. */
  readonly request: RequestState | undefined;
  /** The requests it waits for, or some of them. */
  readonly waitsFor: ReadonlyArray<{ readonly id: string; readonly request: RequestState | undefined }>;
  /** The ids of a cycle that it is part of; empty if there is none. */
  readonly cycle: readonly string[];
}

/** A request's story. */
export interface RequestExplanation {
  /** One sentence: where it is. */
  readonly where: string;
  /** Who waits for it, for whom it waits, what happened to it. */
  readonly facts: readonly string[];
  /** One sentence: what must happen next. */
  readonly next: string;
}

const shownCharacters = 80;

/**
 * Explains where a request is and what must happen for it to go on, as `why` prints it. Pure: it is given what the statekeeper says, and
 * decides only what follows from that.
 */
export function explainRequest(situation: RequestSituation): RequestExplanation {
  const { request, pool } = situation;
  if (request === undefined) return unknownStory(pool.pool);
  switch (request.state) {
    case "done":
      return doneStory(situation, request);
    case "queued":
      return { where: "It is queued.", facts: commonFacts(situation, request), next: nextOfQueued(request, pool) };
    case "running":
      return {
        where: whereRunning(request, pool),
        facts: commonFacts(situation, request),
        next: nextOfRunning(request, pool),
      };
    case "suspended":
      return {
        where: whereSuspended(request),
        facts: commonFacts(situation, request),
        next: nextOfSuspended(situation, request),
      };
  }
}

function unknownStory(pool: string): RequestExplanation {
  return {
    where: `Pool "${pool}" does not know it.`,
    facts: [
      "It was never submitted there, or it was withdrawn, or its result was not kept (errors never are) or has expired.",
    ],
    next: "Submit it to get its outcome. A small call may exist in the memory of its worker alone.",
  };
}

function doneStory({ functionName, pool }: RequestSituation, { resultStamp = "" }: RequestState): RequestExplanation {
  const version = versionIn(resultStamp);
  if (functionName === undefined) {
    return {
      where: "It is done, and a result is kept.",
      facts: [`That was made under version ${version} of its function.`],
      next: "Requests for it return this result, unless its function was forgotten or has another version since; to check that, give why the request instead of its id.",
    };
  }
  const current = pool.functions.functions.get(functionName);
  if (current !== undefined && current.version !== version) {
    return outdatedStory(`"${functionName}" has another version since: ${current.version}, and not ${version}`);
  }
  if (current !== undefined && ownPart(resultStamp) !== ownStamp(version, current.generation)) {
    return outdatedStory(`all results of "${functionName}" were forgotten since`);
  }
  const changed = codesIn("", resultStamp)
    .map(readCode)
    .find((code) => (pool.functions.functions.get(code.functionName)?.version ?? code.version) !== code.version);
  if (changed !== undefined) {
    return outdatedStory(`"${changed.functionName}", which took part in it, has another version since`);
  }
  return {
    where: "It is done, and its result is kept.",
    facts: [],
    next: "Nothing. Requests for it return the kept result until that expires, is forgotten, or its function has another version.",
  };
}

function outdatedStory(reason: string): RequestExplanation {
  return {
    where: `It was done, but its result is stale: ${reason}.`,
    facts: [],
    next: "Submit it to evaluate it again.",
  };
}

function commonFacts({ pool, waitsFor }: RequestSituation, request: RequestState): string[] {
  const facts = [waitersText(request, pool)];
  if (request.waitsFor.length > 0) facts.push(`It waits for ${counted(request.waitsFor.length, "request")}:`);
  for (const { id, request: child } of waitsFor) facts.push(`  ${childText(id, child)}`);
  const left = request.waitsFor.length - waitsFor.length;
  if (left > 0 && waitsFor.length > 0) facts.push(`  and ${left} more`);
  if (request.progress !== undefined) facts.push(progressText(request.progress));
  if (request.losses > 0)
    facts.push(`Its worker died ${request.losses === 1 ? "once" : `${request.losses} times`} while running it.`);
  if (request.priority !== 0) facts.push(`Its priority is ${request.priority}.`);
  if (request.timeoutMs > 0) facts.push(`It times out in ${durationText(request.timeoutMs)}.`);
  return facts;
}

function progressText({ done, total, slice }: NonNullable<RequestState["progress"]>): string {
  const where = slice === undefined ? "" : ` of slice ${slice.index}`;
  return `Its function said last: ${done} of ${total} done${where}.`;
}

function waitersText({ waiters }: RequestState, { members }: PoolState): string {
  if (waiters.length === 0) return "No caller waits for it.";
  const workers = new Set(members.map(({ id }) => id));
  const named = waiters.map((waiter) => `${workers.has(waiter) ? "worker" : "client"} ${waiter}`);
  return `${named.join(", ")} ${waiters.length === 1 ? "waits" : "wait"} for it.`;
}

function childText(id: string, child: RequestState | undefined): string {
  if (child === undefined) return `${id} unknown to the pool`;
  const owner = child.owner === undefined ? "" : ` by ${child.owner}`;
  return `${id} ${child.state}${owner} ${shortText(child.payload, shownCharacters)}`.trimEnd();
}

function nextOfQueued(request: RequestState, pool: PoolState): string {
  if (request.waiters.length === 0) return "No caller waits for it, so the worker that claims it drops it.";
  const workers = liveWorkers(pool);
  const functionName = functionNameOf(request.payload);
  if (workers.length === 0) return `A worker must join: callgrid worker --pool ${pool.pool} --functions <file>.`;
  if (!pool.functions.functions.has(functionName))
    return `A worker that has the function "${functionName}" must join; none does.`;
  const lacking = lackingText(functionName, workers);
  if (lacking !== undefined) return lacking;
  const idle = workers.filter(({ isVolunteer }) => isVolunteer);
  if (idle.length > 0) {
    return `A worker that has "${functionName}" at the pool's current version and what it needs must become free: ${counted(idle.length, "worker")} idle, and without it.`;
  }
  const queued = pool.queued + workers.reduce((sum, worker) => sum + worker.queued, 0);
  return `One of ${counted(workers.length, "worker")} must become free; ${counted(queued, "request")} wait in the queues, this one among them.`;
}

/** Where no worker has what the function needs: what it is that each of them lacks. */
function lackingText(functionName: string, workers: readonly MemberState[]): string | undefined {
  const lacks = workers.map((worker) => lackedBy(worker, functionName)).filter((lacked) => lacked.length > 0);
  if (lacks.length < workers.length) return undefined;
  const shown = [...new Set(lacks.flat())].sort();
  return (
    `A worker must join that has what "${functionName}" needs: ${counted(workers.length, "worker")} ` +
    `${workers.length === 1 ? "lacks" : "lack"} ${nameList(shown)}. Tags are given by: callgrid worker --tags <tag>.`
  );
}

function lackedBy({ description }: MemberState, functionName: string): readonly string[] {
  const lacked = new Map(Object.entries(description["lacks"] ?? {})).get(functionName);
  return Array.isArray(lacked) ? lacked.map(String) : [];
}

function whereRunning(request: RequestState, pool: PoolState): string {
  const time = request.claimedForMs === undefined ? "" : `, for ${durationText(request.claimedForMs)}`;
  const selfMicros = pool.functions.functions.get(functionNameOf(request.payload))?.selfMicros;
  const usual = selfMicros === undefined ? "" : ` (its function usually takes ${durationText(selfMicros / 1_000)})`;
  return `It is running on worker ${request.owner}${time}${usual}.`;
}

function nextOfRunning(request: RequestState, pool: PoolState): string {
  const lapse = lapseText(request, pool);
  if (lapse !== undefined) return lapse;
  return `Worker ${request.owner} must finish it; its lease holds for another ${durationText(request.ownerLeaseLeftMs ?? 0)}.`;
}

function whereSuspended(request: RequestState): string {
  return `It was started by worker ${request.owner}, and waits for requests of its own.`;
}

function nextOfSuspended({ cycle, pool }: RequestSituation, request: RequestState): string {
  if (cycle.length > 0)
    return `It waits for itself: ${[...cycle, cycle[0]].join(" → ")}; it fails with CYCLIC_REQUEST as soon as its worker sees that.`;
  const lapse = lapseText(request, pool);
  if (lapse !== undefined) return lapse;
  const children =
    request.waitsFor.length === 0 ? "The requests it waits for" : counted(request.waitsFor.length, "request");
  return `${children} must finish first; then worker ${request.owner} continues it; ask why of one of them.`;
}

/** What follows when the owner's lease has lapsed; undefined while it holds. */
function lapseText({ owner, ownerLeaseLeftMs }: RequestState, pool: PoolState): string | undefined {
  if (ownerLeaseLeftMs !== undefined && ownerLeaseLeftMs > 0) return undefined;
  const since = ownerLeaseLeftMs === undefined ? "" : ` ${durationText(-ownerLeaseLeftMs)} ago`;
  const sweeper =
    pool.head === undefined
      ? "a worker that has the time, as no distributor heads the pool"
      : `distributor ${pool.head}`;
  return `The lease of worker ${owner} lapsed${since}: it goes back to the queue when it is reclaimed by ${sweeper}.`;
}

function liveWorkers({ members }: PoolState): MemberState[] {
  return members.filter(({ kind, leaseLeftMs }) => kind === "worker" && leaseLeftMs > 0);
}
