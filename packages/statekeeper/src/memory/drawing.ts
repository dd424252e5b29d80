/**
 * Drawing: taking ids off queues and claiming them for a worker. (scripts/lib/draw.lua)
 */
import type { Claim } from "../contract.ts";
import type { Deque } from "./deque.ts";
import { functionNameIn, type PoolRecords, type RequestRecord } from "./pool-records.ts";

/** A bound on the ids that one drawing looks at. */
export const scansPerDrawing = 1_000;

/** A function that was never measured fills any budget. */
const unmeasuredMicros = 1e15;

/** What is taken from outside the own queue: nothing, what some member waits for, what others wait for, or anything. */
export type DrawingReach = "own-queue" | "children" | "others" | "roots";

/** What is drawn for whom, and how much more. */
export interface Drawing {
  readonly worker: string;
  /** How many more requests. */
  room: number;
  /** How much more work, in µs. */
  budget: number;
  readonly skips: ReadonlySet<string> | undefined;
  readonly reach: DrawingReach;
  /** How many more ids to look at. */
  scans: number;
  readonly claims: Claim[];
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

interface Source {
  readonly queue: Deque<string> | undefined;
  readonly end: "head" | "tail";
}

/** Own queue from its end, pool's queue from its head, then the head of somebody's long queue. */
export function drawAnywhere(records: PoolRecords, drawing: Drawing, search: QueueSearch): void {
  drawFrom(records, drawing, { queue: records.ownQueues.get(drawing.worker), end: "tail" });
  if (drawing.claims.length > 0 || drawing.reach === "own-queue" || search.sample === 0) return;
  drawFrom(records, drawing, { queue: records.queue, end: "head" });
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

function drawFromOther(records: PoolRecords, drawing: Drawing, queue: Deque<string> | undefined): void {
  drawFrom(records, drawing, { queue, end: "head" });
  records.count("hoisted", drawing.claims.length);
}

/** Whether there may be requests that lie first and cannot be drawn. */
export function mayPassOver({ skips, reach }: Drawing): boolean {
  return skips !== undefined || reach === "children" || reach === "others";
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
  const { payload, mode, losses, deadline, trace } = record;
  const timeoutMs = deadline === undefined ? 0 : Math.max(1, deadline - now);
  return { id, payload, mode, losses, timeoutMs, ...(trace === undefined ? {} : { trace }) };
}

function drawFrom(records: PoolRecords, drawing: Drawing, source: Source): void {
  const { queue, end } = source;
  if (queue === undefined) return;
  const skipped: string[] = [];
  let batch = 0;
  let claimedBefore = drawing.claims.length;
  while (!isFull(drawing) && drawing.scans > 0 && queue.length > 0) {
    batch = nextBatch(drawing, batch, drawing.claims.length - claimedBefore);
    claimedBefore = drawing.claims.length;
    const met = Math.min(batch, queue.length);
    drawing.scans -= met;
    for (let i = 0; i < met && !isFull(drawing); i += 1) {
      const id = (end === "head" ? queue.popHead() : queue.popTail()) ?? "";
      const taken = take(records, drawing, { id, isOutside: end === "head" });
      if (taken === "skipped") skipped.push(id);
      if (taken === "left") putBack(queue, end, [id]);
    }
  }
  // From the own queue to the pool's; to the pool's tail once the bound is met, so that what lies behind gets its turn.
  if (end === "tail") records.pushToHead(skipped);
  else if (queue === records.queue && drawing.scans <= 0) for (const id of skipped) queue.pushTail(id);
  else putBack(queue, end, skipped);
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

function isFull(drawing: Drawing): boolean {
  return drawing.room <= 0 || drawing.budget <= 0;
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
  if (drawing.reach === "others" && record.waiters.has(drawing.worker)) return "skipped";
  // A request that was lost before is claimed alone, so that the next loss names the culprit.
  if (record.losses > 0 && drawing.claims.length > 0) {
    drawing.budget = 0;
    return "left";
  }
  const now = records.now();
  record.owner = drawing.worker;
  record.claimedAt = now;
  drawing.claims.push(claimOf(id, record, now));
  drawing.room -= 1;
  drawing.usual = records.functions.costOf(name) ?? unmeasuredMicros;
  drawing.budget -= drawing.usual;
  if (record.losses > 0) drawing.budget = 0;
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
