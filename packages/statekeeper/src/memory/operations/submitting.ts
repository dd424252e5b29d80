/**
 * Submitting: answers what is known, joins what is in progress, queues the rest, and serves volunteers. (scripts/submit.lua)
 */
import { functionNameIn, type OutcomeText } from "@callgrid/core";
import type { Submission, SubmitAnswer, SubmitBatch, SubmitReply } from "../../contract/contract.ts";
import { claimOf } from "../drawing/drawing.ts";
import { callerPlace, enqueue, notePlace, ownPlace, type Place, poolPlace } from "../records/places.ts";
import type { PoolRecords, RequestRecord } from "../records/pool-records.ts";
import type { KeptResult } from "../records/result-cache.ts";
import { giveAddressed, isAddressed, isOwnWorkerAt } from "./addressed.ts";
import { type MatchBounds, match, membersAskedByTheWay } from "./matching.ts";

/** Bridges learn of an extension by so much. */
const longerByMs = 1_000;

/** One batch on its way in. */
interface Intake {
  readonly batch: SubmitBatch;
  readonly answers: SubmitAnswer[];
  queued: string[];
  /** How many more new requests the pool takes. */
  room: number;
}

export function submit(records: PoolRecords, batch: SubmitBatch): SubmitReply {
  if (batch.leaseMs > 0) records.leases.set(batch.process, records.now() + batch.leaseMs);
  if (isAddressed(batch) && !isOwnWorkerAt(records, batch.worker ?? "")) return withoutWorker(records, batch);
  const present = withoutTheGone(records, batch);
  const intake: Intake = { batch: present, answers: [], queued: [], room: roomFor(records, present) };
  // It claims from its own queue next, and needs no message for that.
  if (intake.batch.worker === batch.process) records.volunteers.standDown(batch.process);
  for (const [index, submission] of intake.batch.submissions.entries()) {
    const answer = takeIn(records, intake, submission);
    if (answer !== undefined) intake.answers.push({ index, ...answer });
  }
  if (isAddressed(present)) {
    giveAddressed(records, present.worker ?? "", intake.queued);
    intake.queued = [];
  }
  const coming = intake.queued.length;
  const [oldest = ""] = intake.queued;
  const functionName = functionNameIn(records.requests.get(oldest)?.payload ?? "");
  const bounds = { limit: coming, sample: membersAskedByTheWay, first: intake.batch.worker, functionName };
  const isServed = coming > 0 && records.volunteers.size > 0;
  const isStraight = isServed && intake.batch.worker === undefined && records.waiting === 0;
  if (isStraight) intake.queued = serveStraight(records, intake, bounds);
  enqueue(records, placeFor(present), intake.queued, present.isGuest);
  records.count("submitted", batch.submissions.length);
  if (isServed && !isStraight) match(records, bounds);
  return { answers: intake.answers, volunteers: records.volunteers.size };
}

function withoutWorker(records: PoolRecords, { submissions }: SubmitBatch): SubmitReply {
  const answers = submissions.map((_, index): SubmitAnswer => ({ index, kind: "unknown-worker" }));
  return { answers, volunteers: records.volunteers.size };
}

/** Volunteers get what comes while nothing waits. Returns what is left. */
function serveStraight(records: PoolRecords, { batch, queued }: Intake, bounds: MatchBounds): string[] {
  const ids = new Set(queued);
  match(records, { ...bounds, atHand: { ids, guestsOf: batch.isGuest === true ? batch.process : undefined } });
  if (batch.isGuest === true)
    for (const id of queued) if (!ids.has(id)) records.inboxes.send(batch.process, { kind: "started", id });
  return [...ids];
}

function placeFor({ process, worker, isReentrant = false, priority = 0 }: SubmitBatch): Place {
  if (worker !== undefined) return ownPlace(worker);
  return isReentrant ? poolPlace : callerPlace(priority, process);
}

/** Of calls that a function makes nothing is said; they are drawn before all roots anyway. */
function priorityOf({ isReentrant = false, priority = 0 }: SubmitBatch): number {
  return isReentrant ? 0 : priority;
}

/** A worker that is gone draws nothing any more, and holds nothing: the pool takes what is meant for it. */
function withoutTheGone(records: PoolRecords, batch: SubmitBatch): SubmitBatch {
  const { worker, submissions, ...rest } = batch;
  const isHolder = records.members.has(batch.process);
  return {
    ...rest,
    ...(worker !== undefined && records.members.has(worker) ? { worker } : {}),
    submissions: isHolder ? submissions : submissions.map(asQueued),
  };
}

/** What is held has no mode of its own, so it gets none by being queued. */
function asQueued(submission: Submission): Submission {
  return submission.isHeld === true ? { ...submission, isHeld: false, mode: "use" } : submission;
}

type Answer =
  | { kind: "outcome"; outcome: OutcomeText; stamp: string }
  | { kind: "unknown-function" }
  | { kind: "pool-full" };

function takeIn(records: PoolRecords, intake: Intake, submission: Submission): Answer | undefined {
  const { id, payload, mode = "use", isHeld = false } = submission;
  const functionName = functionNameIn(payload);
  const isKnown = records.functions.stampOf(functionName) !== undefined;
  if (!isKnown && !records.functions.isEmpty) return { kind: "unknown-function" };
  const record = records.requests.get(id);
  const result = mode === "use" || isHeld ? usableResult(records, id, functionName) : undefined;
  if (result !== undefined) {
    records.count("hits", 1);
    records.count(`hits:${functionName}`, 1);
    return { kind: "outcome", ...result };
  }
  if (intake.room <= 0 && record === undefined) return { kind: "pool-full" };
  if (record === undefined) create(records, intake, submission);
  else join(records, intake, { submission, record });
  return undefined;
}

function usableResult(records: PoolRecords, id: string, functionName: string): KeptResult | undefined {
  const result = records.results.get(id, records.now());
  return result !== undefined && records.functions.isUsable(functionName, result.stamp) ? result : undefined;
}

function create(records: PoolRecords, intake: Intake, submission: Submission): void {
  const { id, payload, mode = "use", timeoutMs = 0, isHeld = false, trace } = submission;
  const { process } = intake.batch;
  const now = records.now();
  records.requests.set(id, {
    // before it is queued there: should the operation stop in between, the audit relies on this
    places: isHeld ? [] : [placeFor(intake.batch)],
    payload,
    trace,
    mode: isHeld ? "use" : mode,
    deadline: timeoutMs > 0 ? now + timeoutMs : undefined,
    owner: isHeld ? process : undefined,
    claimedAt: isHeld ? now : undefined,
    isCopied: false,
    suspended: undefined,
    progress: undefined,
    losses: 0,
    priority: priorityOf(intake.batch),
    reports: [],
    waiters: new Set([process]),
  });
  if (isHeld) {
    records.noteRunning(process, [id]);
  } else {
    intake.queued.push(id);
    intake.room -= 1;
  }
}

function join(records: PoolRecords, intake: Intake, joined: { submission: Submission; record: RequestRecord }): void {
  const { submission, record } = joined;
  const { id, payload, mode = "use", timeoutMs = 0, isHeld = false } = submission;
  record.payload = payload;
  record.trace = submission.trace ?? record.trace;
  if (mode !== "use" && !isHeld) record.mode = mode;
  const isNew = !record.waiters.has(intake.batch.process);
  const priority = priorityOf(intake.batch);
  const isRaised = priority > record.priority;
  // A worker can always go on with its own children, wherever else they are queued; and no caller waits for another's turn.
  const isWanted = intake.batch.worker !== undefined || isNew || isRaised;
  if (isWanted && !isHeld && record.owner === undefined) {
    // with the waiter: should the operation stop before it is queued there, the audit relies on this
    notePlace(records, placeFor(intake.batch), id);
    intake.queued.push(id);
  }
  record.waiters.add(intake.batch.process);
  record.priority = Math.max(priority, record.priority);
  const isLonger = extendDeadline(record, records.now(), timeoutMs);
  records.count("joined", 1);
  if (intake.batch.isGuest === true && record.owner !== undefined && record.owner !== intake.batch.process)
    records.inboxes.send(intake.batch.process, { kind: "started", id });
  if ((isRaised || isLonger) && record.owner !== intake.batch.process) informBridge(records, id, record);
}

/** The outcome is wanted for as long as any of its waiters wants it. Returns whether that is much longer than before. */
function extendDeadline(record: RequestRecord, now: number, timeoutMs: number): boolean {
  const { deadline } = record;
  if (deadline === undefined) return false;
  record.deadline = timeoutMs === 0 ? undefined : Math.max(deadline, now + timeoutMs);
  return (record.deadline ?? Number.POSITIVE_INFINITY) - deadline >= longerByMs;
}

/** A bridge that holds the request asks for it elsewhere by what it was sent. */
function informBridge(records: PoolRecords, id: string, record: RequestRecord): void {
  const { owner = "" } = record;
  if (!records.members.has(owner) || isOwnWorkerAt(records, owner)) return;
  records.inboxes.send(owner, { kind: "run", claim: claimOf(id, record, records.now()) });
}

function roomFor(records: PoolRecords, batch: SubmitBatch): number {
  const { queueLimit, worker } = batch;
  if (queueLimit <= 0) return Number.POSITIVE_INFINITY;
  if (isAddressed(batch)) return queueLimit - (records.running.get(worker ?? "")?.size ?? 0);
  return worker === undefined ? queueLimit - records.waiting : Number.POSITIVE_INFINITY;
}
