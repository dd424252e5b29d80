/**
 * Drawing: taking ids off queues and claiming them for a worker. (scripts/lib/draw.lua)
 */
import type { CarryFrom, Claim } from "../contract.ts";
import { isGuestTurn, type WaitingCaller, weightOf } from "./caller-queues.ts";
import { Deque } from "./deque.ts";
import { functionNameIn, type PoolRecords, type RequestRecord } from "./pool-records.ts";

/** A bound on the ids that one drawing looks at. */
const scansPerDrawing = 1_000;

/** At first two, and more where these had too little. */
const callersAsked = [2, 64, 1_000] as const;

/** A function that was never measured fills any budget. */
const unmeasuredMicros = 1e15;

/** What is taken from outside the own queue: nothing, what some member waits for, anything, or what a bridge carries. */
export type DrawingReach = "own-queue" | "children" | "roots" | CarryFrom;

/** What has just come. */
export interface AtHand {
  readonly ids: Deque<string>;
  /** The bridge whose guests they are, which is not to be given them. */
  readonly guestsOf: string | undefined;
}

/** What is drawn for whom, and how much more. */
export interface Drawing {
  readonly worker: string;
  /** How many more requests. */
  room: number;
  /** How much more work, in µs. */
  budget: number;
  /** By how much the budget may still grow, see {@link widen}. */
  spare: number;
  readonly skips: ReadonlySet<string> | undefined;
  readonly reach: DrawingReach;
  /** Ids that have just come while nothing waited: whoever is idle gets them before they are put on any queue. */
  readonly atHand?: AtHand | undefined;
  /** How many more ids to look at. */
  scans: number;
  readonly claims: Claim[];
  /** What was drawn from the queue at hand, in ms. */
  workMs: number;
  /** What the last one claimed takes, in µs. */
  usual?: number;
}

/** Among whose own queues a long one is looked for. */
export interface QueueSearch {
  /** How many members are asked; 0: draw from the own queue alone. */
  readonly sample: number;
  /** Whose own queue is tried first, since it is known to be filled. */
  readonly first?: string | undefined;
}

/** A queue to draw from. */
export interface Source {
  readonly queue: Deque<string> | undefined;
  readonly end: "head" | "tail";
  /** Whether it is the worker's own. */
  readonly isOwn?: boolean;
  /** Whether it is the pool's or a caller's. */
  readonly isShared: boolean;
}

/** A drawing that has drawn nothing. */
export function newDrawing(given: Omit<Drawing, "scans" | "claims" | "workMs">): Drawing {
  return { ...given, scans: scansPerDrawing, claims: [], workMs: 0 };
}

/** Own queue from its end, pool's queue from its head, callers' queues by turns, then the head of somebody's long queue. */
export function drawAnywhere(records: PoolRecords, drawing: Drawing, search: QueueSearch): void {
  const own = records.ownQueues.get(drawing.worker);
  drawFrom(records, drawing, { queue: own, end: "tail", isOwn: true, isShared: false });
  if (drawing.claims.length > 0 || drawing.reach === "own-queue" || search.sample === 0) return;
  drawAtHand(records, drawing);
  if (records.waiting > 0) {
    drawFrom(records, drawing, { queue: records.queue, end: "head", isShared: true });
    drawFromCallers(records, drawing);
  }
  const { first, sample } = search;
  if (first !== undefined && first !== drawing.worker && drawing.claims.length === 0)
    drawFromOther(records, drawing, records.ownQueues.get(first));
  while (drawing.claims.length === 0 && drawing.scans > 0) {
    const queue = longestOwnQueue(records, drawing.worker, sample);
    if (queue === undefined) return;
    const scansBefore = drawing.scans;
    drawFromOther(records, drawing, queue);
    if (drawing.scans === scansBefore || mayPassOver(drawing)) return;
  }
}

export function drawAtHand(records: PoolRecords, drawing: Drawing): void {
  const { atHand, reach, worker } = drawing;
  if (isCarried(reach) && atHand?.guestsOf === worker) return;
  drawFrom(records, drawing, { queue: atHand?.ids, end: "head", isShared: false });
}

function drawFromOther(records: PoolRecords, drawing: Drawing, queue: Deque<string> | undefined): void {
  drawFrom(records, drawing, { queue, end: "head", isShared: false });
  records.count("hoisted", drawing.claims.length);
}

/** Whether there may be requests that lie first and cannot be drawn. */
export function mayPassOver({ skips, reach }: Drawing): boolean {
  return skips !== undefined || reach === "children" || isCarried(reach);
}

/** Whether a bridge draws: what it claims is evaluated elsewhere. */
function isCarried(reach: DrawingReach): boolean {
  return reach === "next" || reach === "ahead" || isFromEnd(reach);
}

function isClosedToOwn(reach: DrawingReach): boolean {
  return reach === "ahead" || reach === "half" || reach === "shown";
}

/** Whether what would be drawn last is drawn. */
export function isFromEnd(reach: DrawingReach): boolean {
  return reach === "last" || reach === "half" || reach === "shown";
}

/** Notes what was drawn as running at the worker. */
export function noteClaimed(records: PoolRecords, worker: string, claims: readonly Claim[]): void {
  records.noteRunning(
    worker,
    claims.map(({ id }) => id),
  );
  records.count("claimed", claims.length);
}

/** A request as its worker is told of it. */
export function claimOf(id: string, record: RequestRecord, now: number): Claim {
  const { payload, mode, losses, priority, deadline, trace } = record;
  const timeoutMs = deadline === undefined ? 0 : Math.max(1, deadline - now);
  return { id, payload, mode, losses, priority, timeoutMs, ...(trace === undefined ? {} : { trace }) };
}

function drawFromCallers(records: PoolRecords, drawing: Drawing): void {
  const { priorities } = records.callers;
  const before = priorities.first(priorities.size);
  for (const { name, turn } of before) {
    if (isFull(drawing)) return;
    const priority = Number(name);
    const drawnBefore = drawing.claims.length;
    const hasCallers = drawAtPriority(records, drawing, priority);
    const drawn = drawing.claims.length - drawnBefore;
    if (!hasCallers) priorities.delete(name);
    else if (drawn > 0 && before.length > 1) priorities.set(name, turn + drawn / weightOf(priority));
  }
}

/** Returns whether there was any caller, of whom it asks for more only where the first had too little. */
function drawAtPriority(records: PoolRecords, drawing: Drawing, priority: number): boolean {
  const { turns } = records.callers.at(priority);
  const seen = new Set<string>();
  for (const most of callersAsked) {
    const found = turns.first(most);
    for (const { name: process, turn } of found) {
      if (isFull(drawing)) return true;
      if (seen.has(process)) continue;
      seen.add(process);
      drawFromCaller(records, drawing, { priority, process, turn, isAlone: found.length === 1 });
    }
    if (found.length < most) return found.length > 0;
  }
  return true;
}

/** A caller that is alone has nobody to be fair to, and keeps its turn. */
function drawFromCaller(
  records: PoolRecords,
  drawing: Drawing,
  caller: { readonly priority: number; readonly process: string; readonly turn: number; readonly isAlone: boolean },
): void {
  const { priority, process, turn, isAlone } = caller;
  if (drawing.reach === "children" && !records.members.has(process)) return;
  if (isCarried(drawing.reach) && process === drawing.worker) return;
  const { turns, queues } = records.callers.at(priority);
  const queue = queues.get(process) ?? new Deque<string>();
  drawing.workMs = 0;
  const isEmpty = drawWaiting(records, drawing, { queue, end: "head", process, isGuest: isGuestTurn(turn) });
  if (drawing.workMs > 0 && !isAlone) turns.set(process, turn + drawing.workMs);
  else if (isEmpty) records.callers.remove(priority, process);
}

/** Draws from a caller's queue. A bridge is sent word of what others claim of its guests. Returns as {@link drawFrom} does. */
export function drawWaiting(
  records: PoolRecords,
  drawing: Drawing,
  caller: Pick<WaitingCaller, "queue" | "process" | "isGuest"> & Pick<Source, "end">,
): boolean {
  const { queue, end, process, isGuest } = caller;
  const [lengthBefore, claimedBefore] = [queue.length, drawing.claims.length];
  const isEmpty = drawFrom(records, drawing, { queue, end, isShared: true });
  records.callers.length += queue.length - lengthBefore;
  if (isGuest && process !== drawing.worker)
    for (const { id } of drawing.claims.slice(claimedBefore)) records.inboxes.send(process, { kind: "started", id });
  return isEmpty;
}

/** Returns whether the queue was found to be empty: not so where exactly what was asked for was there. */
export function drawFrom(records: PoolRecords, drawing: Drawing, source: Source): boolean {
  const { queue, end, isOwn = false, isShared } = source;
  if (queue === undefined) return true;
  const skipped: string[] = [];
  let isEmpty = false;
  let batch = 0;
  let claimedBefore = drawing.claims.length;
  while (!isFull(drawing) && !isEmpty) {
    batch = nextBatch(drawing, batch, drawing.claims.length - claimedBefore);
    claimedBefore = drawing.claims.length;
    const met = Math.min(batch, queue.length);
    drawing.scans -= met;
    for (let i = 0; i < met && drawing.room > 0 && drawing.budget > 0; i += 1) {
      const id = (end === "head" ? queue.popHead() : queue.popTail()) ?? "";
      const taken = take(records, drawing, { id, isOutside: !isOwn });
      if (taken === "skipped") skipped.push(id);
      if (taken === "left") putBack(queue, end, [id]);
    }
    if (drawing.spare > 0 && drawing.claims.length > claimedBefore) widen(records, drawing, queue.length);
    isEmpty = met < batch && queue.length === 0;
  }
  // From the own queue to the pool's; to a shared one's tail once the bound is met, so that what lies behind gets its turn.
  if (isOwn) records.pushToHead(skipped);
  else if (isShared && end === "head" && drawing.scans <= 0) for (const id of skipped) queue.pushTail(id);
  else putBack(queue, end, skipped);
  return isEmpty && (isOwn || skipped.length === 0);
}

/**
 * How many ids to take off a queue at a time: as many as the budget is for, by what the last one takes; while nobody knows, one and
 * then twice as many each time, since whatever is too much has to be put back.
 */
function nextBatch({ room, scans, budget, usual = 0 }: Drawing, before: number, claimed: number): number {
  const most = Math.min(room, scans);
  if (budget === Number.POSITIVE_INFINITY) return most;
  const wanted = claimed > 0 ? Math.ceil(budget / usual) : 2 * before;
  return Math.max(1, Math.min(most, wanted));
}

/**
 * Guided self-scheduling (Polychronopoulos and Kuck, 1987): while much is queued, a claim may be for more than its budget: for one
 * part of this queue in twice as many as there are members. That leaves enough for all of them, and near the end it is little.
 */
function widen({ members }: PoolRecords, drawing: Drawing, queued: number): void {
  const { spare, usual = 0 } = drawing;
  drawing.spare = 0;
  if (drawing.room * usual <= drawing.budget) return;
  const share = (queued * usual) / (2 * members.size);
  drawing.budget += Math.min(spare, Math.max(0, share - Math.max(0, drawing.budget)));
}

function takeNoMore(drawing: Drawing): void {
  drawing.budget = 0;
  drawing.spare = 0;
}

function isFull(drawing: Drawing): boolean {
  return drawing.room <= 0 || drawing.budget <= 0 || drawing.scans <= 0;
}

function putBack(queue: Deque<string>, end: "head" | "tail", ids: readonly string[]): void {
  for (const id of ids.toReversed()) {
    if (end === "head") queue.pushHead(id);
    else queue.pushTail(id);
  }
}

function take(
  records: PoolRecords,
  drawing: Drawing,
  { id, isOutside }: { readonly id: string; readonly isOutside: boolean },
): "stale" | "skipped" | "left" | "claimed" {
  const record = records.requests.get(id);
  if (record === undefined || record.owner !== undefined) return "stale";
  if (!records.hasKnownWaiter(record)) {
    records.requests.delete(id);
    records.count("dropped", 1);
    return "stale";
  }
  const name = functionNameIn(record.payload);
  if (drawing.skips?.has(name)) return "skipped";
  if (isOutside && drawing.reach === "children" && !isAwaitedByMember(records, record)) return "skipped";
  if (isClosedToOwn(drawing.reach) && record.waiters.has(drawing.worker)) return "skipped";
  // A request that was lost before is claimed alone, so that the next loss names the culprit.
  if (record.losses > 0 && drawing.claims.length > 0) {
    takeNoMore(drawing);
    return "left";
  }
  const now = records.now();
  record.owner = drawing.worker;
  record.claimedAt = now;
  if (isCarried(drawing.reach)) record.suspended = [];
  drawing.claims.push(claimOf(id, record, now));
  drawing.room -= 1;
  const cost = records.functions.costOf(name)?.expectedMicros;
  drawing.usual = cost ?? unmeasuredMicros;
  drawing.budget -= drawing.usual;
  drawing.workMs += cost === undefined ? 1 : Math.max(1, cost / 1_000);
  if (record.losses > 0) takeNoMore(drawing);
  return "claimed";
}

function isAwaitedByMember(records: PoolRecords, { waiters }: RequestRecord): boolean {
  for (const waiter of waiters) if (records.members.has(waiter)) return true;
  return false;
}

/** Among equal ones that of the member with the smaller id. */
export function longestOwnQueue(records: PoolRecords, except: string, sample: number): Deque<string> | undefined {
  let longest: Deque<string> | undefined;
  let owner = "";
  for (const member of records.members.sample(sample)) {
    const queue = member === except ? undefined : records.ownQueues.get(member);
    const length = queue?.length ?? 0;
    const lengthBefore = longest?.length ?? 0;
    if (length === 0 || length < lengthBefore || (length === lengthBefore && member > owner)) continue;
    longest = queue;
    owner = member;
  }
  return longest;
}
