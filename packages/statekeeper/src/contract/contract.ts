/**
 * The contract of the statekeeper: everything that clients, workers and distributors know of each other goes through here. This file has
 * what is passed, pool-keeper.ts the operations.
 * Two implementations: memory/ (the model, and the embedded default) and redis/. Both pass test/conformance.
 *
 * One pool is the unit of consistency: each operation is one atomic step on one pool. All of them are safe to repeat, since
 * functions are pure: a reply that got lost costs a duplicate at worst. Times are the statekeeper's own clock.
 */
import type { OutcomeText } from "@callgrid/core";
import type { RegisteredFunction } from "./function-table.ts";
import type { Preference } from "./volunteer-order.ts";

export type {
  AnnouncedWork,
  Capacity,
  ExpectedWork,
  HostReport,
  HostState,
  Survey,
  SurveyRequest,
  WaitingRequest,
} from "./capacity.ts";
export type { CodeNote, KeptAmount, KeptResultState } from "./code/code-note.ts";
export type { ComparedEvaluation, Mismatch, NotedMismatch } from "./code/mismatch.ts";
export type {
  FunctionTable,
  RegisteredFunction,
} from "./function-table.ts";
export type {
  MemberState,
  PoolState,
  Progress,
  RequestState,
  RunningProgress,
} from "./pool-state.ts";

/** How a request may use what is known already: `refresh` evaluates again and stores, `bypass` neither looks nor stores. @public */
export type CacheMode = "use" | "refresh" | "bypass";

/** A request on its way in. */
export interface Submission {
  readonly id: string;
  /** The encoded request. */
  readonly payload: string;
  /** Default `use`. */
  readonly mode?: CacheMode;
  /** After how many ms the request times out; 0 or absent: no limit. */
  readonly timeoutMs?: number;
  /** The submitting worker evaluates it already: it becomes visible (others can join), and is not queued. */
  readonly isHeld?: boolean;
  /** The context of the caller's trace, one line of text; goes with the claim, and is not part of what makes requests equal. */
  readonly trace?: string;
}

/** Priorities are whole numbers from minus this to this; of two that wait the higher one is drawn sixteen times as often a step. */
export const mostPriority = 10;

export interface SubmitBatch {
  /** Whose inbox gets the outcomes. */
  readonly process: string;
  /** Prolongs the process's lease by this much; 0 leaves the lease alone (workers renew theirs elsewhere). */
  readonly leaseMs: number;
  /** The worker whose own queue takes them; absent: those of {@link isReentrant}. */
  readonly worker?: string;
  /** Whether these are calls of a function that runs: they go to the pool's queue, before all roots. Default: to the caller's. */
  readonly isReentrant?: boolean;
  /** Of roots, see {@link mostPriority}. Default: 0. */
  readonly priority?: number;
  /**
   * Whether a bridge asks for these on behalf of another pool: they wait behind those of the pool's own callers of the same
   * priority, and the process is sent `started` when another process claims one. Default: no.
   */
  readonly isGuest?: boolean;
  /**
   * New requests are refused with `POOL_FULL` once so many wait in the pool's queue and those of callers, or once the worker that they
   * are addressed to holds so many; 0: no limit.
   */
  readonly queueLimit: number;
  readonly submissions: readonly Submission[];
}

/** What is known of a submission at once; one that is not in the reply is queued or in progress, and its outcome will come. */
export type SubmitAnswer =
  | { readonly index: number; readonly kind: "outcome"; readonly outcome: OutcomeText; readonly stamp: string }
  | { readonly index: number; readonly kind: "unknown-function" }
  | { readonly index: number; readonly kind: "pool-full" }
  | { readonly index: number; readonly kind: "unknown-worker" };

export interface SubmitReply {
  readonly answers: readonly SubmitAnswer[];
  /** How many volunteers are left waiting after this. */
  readonly volunteers: number;
}

/**
 * Which requests a bridge carries to another pool, and for whom; never its own guests. For members that idle there: what would be drawn
 * `next`, or what would be drawn `last`. For members that will have nothing to do soon: `ahead` is as `next`, and as a volunteer the
 * bridge is served after all others and counts apart; `half` is as `last`, and leaves half of what waits on shared queues and half of
 * an own queue. For no member yet: `shown` is as `last`, from callers' queues alone. For these two no bridge volunteers.
 *
 * A guest that another bridge has given back is not a guest any more: the bridge that asked for it carries it home, `next` or `last`.
 */
export type CarryFrom = "next" | "ahead" | "last" | "half" | "shown";

/**
 * What a claim takes from outside the own queue, if that is empty: nothing (`own-queue`), what some member waits for (`children`),
 * anything (`roots`), or what a bridge carries. An idle worker that holds all it may still takes `children`, since one of them may be
 * what all others wait for in the end. What a bridge claims counts as suspended, since it is evaluated elsewhere, and as a volunteer the
 * bridge is served after all workers.
 */
export type ClaimReach = "own-queue" | "children" | "roots" | CarryFrom;

export interface ClaimRequest {
  readonly worker: string;
  /** At most so many requests. 0 claims nothing and stands down as a volunteer. */
  readonly max: number;
  /** At most so much work, in µs by the pool's measured self times; a function never measured fills any budget. */
  readonly budgetMicros: number;
  /**
   * How much more, in µs, while much is queued: all in all for no more than one part of the queue that is drawn from in twice as many
   * as there are members. Default: 0.
   */
  readonly spareMicros?: number;
  /** The {@link FunctionTable.epoch} that `skips` was made from. */
  readonly epoch: number;
  /** Names of registered functions that this worker lacks at the pool's current version. */
  readonly skips: readonly string[];
  readonly reach: ClaimReach;
  /** How many requests to be given as a volunteer, if there is nothing to claim; 0: do not volunteer. */
  readonly volunteerFor: number;
  /** Of the volunteer: how fast it is, see {@link Preference}. Default: 1. */
  readonly score?: number;
  /** Of the volunteer: the function that it evaluated last. Default: none. */
  readonly recent?: string;
}

/** A request to evaluate, under the worker's lease. */
export interface Claim {
  readonly id: string;
  readonly payload: string;
  readonly mode: CacheMode;
  /** ms left until the request times out; 0: no limit. */
  readonly timeoutMs: number;
  /** How often a worker died while running it. */
  readonly losses: number;
  /** The highest at which it was submitted. */
  readonly priority: number;
  /** Of the submission, the latest that had one. */
  readonly trace?: string;
}

export interface ClaimReply {
  /**
   * `stale`: the function table changed, nothing was claimed; read it and claim again. `unknown-worker`: join first.
   * `again`: only leftovers were met within the bound; claim again.
   */
  readonly kind: "claims" | "stale" | "unknown-worker" | "again";
  readonly claims: readonly Claim[];
  readonly volunteers: number;
  /** Whether `max` or the budget ended the claim, and not the end of the queue. */
  readonly isMore: boolean;
}

/** The state of a claimed request. */
export interface Completion {
  readonly id: string;
  readonly outcome: OutcomeText;
  /** How long to keep a value, in ms; 0: not at all. Errors are never kept. */
  readonly ttlMs: number;
  /** Which code made it, see stamp.ts; the generation is that of the table at the start of the evaluation. */
  readonly stamp: string;
}

/** Evaluations since the last report, by function. */
export interface EvaluationReport {
  readonly functionName: string;
  readonly evaluations: number;
  readonly failures: number;
  /** Mean self time of one evaluation, in µs; 0: both times are about as reported before. */
  readonly selfMicros: number;
  /** A cautious estimate of the next evaluation, in µs: scheduling uses it. */
  readonly expectedMicros: number;
}

/** A node that joins a pool, or joins again after its lease lapsed. */
export interface Member {
  readonly id: string;
  readonly kind: "worker" | "distributor";
  readonly leaseMs: number;
  /** Shown in `status`; plain data: host, process id, slots, capabilities; with a chosen id also `instance`, which distinguishes it from others of that id. */
  readonly description: Readonly<Record<string, unknown>>;
  /** Function name to version. The pool's current version is the one seen first most lately that a member still has. */
  readonly functions: ReadonlyMap<string, string>;
  /**
   * The function table as it knew it last: a pool that lost its memory takes from there what it does not know, so that requests
   * of members that are still to come back are not refused. From a distributor it takes other versions, too, of functions that no
   * member has: these are evaluated in the parent pool. Default: nothing.
   */
  readonly knows?: ReadonlyMap<string, RegisteredFunction>;
}

/** What a member says of itself when it prolongs its lease. */
export interface Renewal {
  /** The lease is prolonged only if this is the instance that has joined; default: any. */
  readonly instance?: string | undefined;
  /** How much memory its process takes, for `status`. */
  readonly memoryMb?: number | undefined;
}

/** What the pool knows of a worker, see `reconcile`. */
export interface Comparison {
  /** What it does not hold and the pool thinks it does. */
  readonly claims: readonly Claim[];
  /** What it holds and no caller waits for any more. */
  readonly abandoned: readonly string[];
  /** Whether the pool will send it what comes. */
  readonly isVolunteer: boolean;
}

/** The parameters of the sweep, see `sweep`. */
export interface SweepRequest {
  readonly process: string;
  /** For how long to head the pool; 0: sweep only if no distributor heads it. */
  readonly headLeaseMs: number;
  /** After so many losses a request fails with `WORKER_LOST`. */
  readonly maxAttempts: number;
  /** Bound on the requests taken back and moved in one call. */
  readonly limit: number;
  /**
   * Volunteers with nothing else to do are given copies of requests that were claimed so many ms ago, and three times longer ago
   * than their function usually takes. Default: no copies.
   */
  readonly copyAfterMs?: number;
  /** Which volunteers are served first from now on, if the process heads the pool. Default: as before, at first the usual ones. */
  readonly prefer?: readonly Preference[];
  /**
   * For how long to be the sweeper, in ms: while no distributor heads the pool, others that ask to be it stand by. 0: sweep beside it. Default: 0.
   */
  readonly sweeperLeaseMs?: number;
}

export interface SweepReply {
  /** `standby`: another head is alive, or another process is the sweeper; nothing was done. */
  readonly role: "head" | "vacant" | "standby";
  /** Workers whose lease had lapsed, and that are gone now. */
  readonly lapsedWorkers: readonly string[];
  readonly lapsedClients: number;
  readonly reclaimed: number;
  readonly moved: number;
  /** Whether the bound was met: sweep again at once. */
  readonly isMore: boolean;
}

/** The state of a pool, as a bridge sees it. */
export interface PoolSight {
  /** Ids in the pool's queue and those of callers. */
  readonly queued: number;
  /** How many requests the volunteers besides the bridge itself ask for, since members idle. */
  readonly wanted: number;
  /** How many those ask for that carry `ahead`. */
  readonly wantedAhead: number;
  /** How many requests were ever claimed. */
  readonly claimed: number;
}

/** What to take back, see `recall`. */
export interface RecallRequest {
  readonly process: string;
  readonly limit: number;
  /** Names of functions whose requests are left where they are. */
  readonly skips: readonly string[];
}

/** Where a request is: on some queue, claimed (and `awaited` by a worker of the pool, or by none), or nowhere (any more). */
export type Whereabouts = "queued" | "claimed" | "awaited" | "unknown";

/** What is known of a request that a caller waits for; see `check`. */
export type CheckAnswer =
  | { readonly kind: "outcome"; readonly outcome: OutcomeText; readonly stamp: string }
  | { readonly kind: "pending" }
  | { readonly kind: "unknown" };

/** What arrives in an inbox. */
export type InboxMessage =
  | { readonly kind: "outcome"; readonly id: string; readonly outcome: OutcomeText; readonly stamp: string }
  /** The outcome is large: `check` has it. */
  | { readonly kind: "reference"; readonly id: string }
  /** Claimed on the volunteer's behalf: evaluate it. A bridge is sent it again when the request is wanted for longer or at a higher priority. */
  | { readonly kind: "run"; readonly claim: Claim }
  /** Claimed by another worker, which is late: evaluate it too, the first outcome completes it. */
  | { readonly kind: "copy"; readonly claim: Claim }
  /** No caller waits for it any more, or another worker has finished it. */
  | { readonly kind: "cancel"; readonly id: string }
  | { readonly kind: "forget"; readonly id: string }
  /** The function table changed. */
  | { readonly kind: "functions" }
  /** A request that the bridge asked for as a guest was claimed by another process. */
  | { readonly kind: "started"; readonly id: string }
  /** A member idles: `look` again. */
  | { readonly kind: "look" };

/** An inbox being read. */
export interface InboxListener {
  /** Stops reading. A read that was under way may take messages along: the next listener checks. */
  close(): Promise<void>;
}

export interface InboxHandlers {
  /** Called with everything that has come, in order. */
  readonly onMessages: (messages: readonly InboxMessage[]) => void;
  /** The connection was lost and is back: messages may be missing, so check what is waited for. */
  readonly onReconnect: () => void;
}
