/** A drawing: what is drawn for which worker, and how far that has come. (scripts/lib/draw.lua) */
import type { Claim, ClaimReach } from "../../contract/contract.ts";
import type { Place } from "../records/places.ts";
import type { RequestRecord } from "../records/pool-records.ts";

/** Requests that have just come while nothing waited: idle workers get them before they are put on any queue. */
export interface AtHand {
  readonly ids: Set<string>;
  /** The bridge whose guests they are, which is not to be given them. */
  readonly guestsOf: string | undefined;
}

/** What to draw, and for whom. */
interface Order {
  readonly worker: string;
  /** How many more requests. */
  room: number;
  /** How much more work, in µs. */
  budget: number;
  /** By how much the budget may still grow, see {@link widen}. */
  spare: number;
  readonly skips: ReadonlySet<string> | undefined;
  readonly reach: ClaimReach;
  readonly atHand?: AtHand | undefined;
}

/** How far a drawing has come. */
export interface Drawing extends Order {
  /** What all have in common who pass over the same requests; undefined for one that takes whatever it meets. */
  readonly kind: string | undefined;
  readonly claims: Claim[];
  readonly taken: Set<string>;
  readonly leaving: Map<Place, Set<string>>;
  /** Callers whose queues are empty then. */
  readonly drained: Array<{ readonly priority: number; readonly process: string }>;
  /** Requests that no known process waits for: they are erased then. */
  readonly dropped: string[];
  /** How far it has passed over in which queue: that is noted then. */
  readonly marks: Array<{ readonly place: Place; readonly id: string }>;
  /** What this worker cannot evaluate of its own queue: others take it from the pool's. */
  readonly moving: string[];
  /** How many more requests to pass over on the line at hand. */
  passesLeft: number;
  /** Whether there may be more behind what was passed over. */
  isCutShort: boolean;
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

/** A drawing that has drawn nothing. */
export function newDrawing(order: Order): Drawing {
  const progress = {
    claims: [],
    taken: new Set<string>(),
    leaving: new Map<Place, Set<string>>(),
    drained: [],
    dropped: [],
    marks: [],
    moving: [],
    workMs: 0,
  };
  return { ...order, ...progress, kind: kindOf(order), passesLeft: 0, isCutShort: false };
}

function kindOf({ worker, skips, reach }: Order): string | undefined {
  if (skips === undefined && (reach === "roots" || reach === "own-queue")) return undefined;
  return `${reach} ${isCarried(reach) ? worker : ""} ${[...(skips ?? [])].join(" ")}`;
}

/** Whether a bridge draws: what it claims is evaluated elsewhere. */
export function isCarried(reach: ClaimReach): boolean {
  return reach === "next" || reach === "ahead" || isFromEnd(reach);
}

/** Whether what would be drawn last is drawn. */
export function isFromEnd(reach: ClaimReach): boolean {
  return reach === "last" || reach === "half" || reach === "shown";
}

/** A request as its worker receives it. */
export function claimOf(id: string, record: RequestRecord, now: number): Claim {
  const { payload, mode, losses, priority, deadline, trace } = record;
  const timeoutMs = deadline === undefined ? 0 : Math.max(1, deadline - now);
  return { id, payload, mode, losses, priority, timeoutMs, ...(trace === undefined ? {} : { trace }) };
}
