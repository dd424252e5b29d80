/**
 * The operations on one pool, by who needs them: callers, members (workers, and the head), and those who look on. The rules for users of
 * Redis in docs/OPERATIONS.md divide them in the same way. Every part of callgrid takes the interfaces that it needs.
 */

import type { AnnouncedWork, Capacity, HostReport, Survey, SurveyRequest } from "./capacity.ts";
import type { CodeNote, KeptAmount, KeptResultState } from "./code/code-note.ts";
import type { Mismatch, NotedMismatch } from "./code/mismatch.ts";
import type {
  CheckAnswer,
  ClaimReply,
  ClaimRequest,
  Comparison,
  Completion,
  EvaluationReport,
  InboxHandlers,
  InboxListener,
  Member,
  PoolSight,
  RecallRequest,
  Renewal,
  SubmitBatch,
  SubmitReply,
  SweepReply,
  SweepRequest,
  Whereabouts,
} from "./contract.ts";
import type { FunctionTable } from "./function-table.ts";
import type { PoolState, Progress, RequestState } from "./pool-state.ts";
import type { Waits } from "./waits.ts";

/** One pool, seen from a process that has an inbox there. */
export interface InboxPool {
  readonly pool: string;

  /** What is asked for within `ask` reaches the statekeeper together, where that saves anything. */
  gather(ask: () => void): void;
  /** Reads a process's inbox until closed. */
  listen(process: string, handlers: InboxHandlers): InboxListener;
  /**
   * Leaves by itself: what it held or had queued goes back to the pool, no loss is counted, its inbox is dropped. With an `instance`
   * nothing happens where another instance is the member of that id.
   */
  leave(process: string, instance?: string): Promise<void>;
}

/** What callers ask of a pool. */
export interface CallerPool extends InboxPool {
  submit(batch: SubmitBatch): Promise<SubmitReply>;
  /**
   * The states of requests the process waits for; makes it a waiter again if it is not; prolongs its lease. A kept result counts as unknown if
   * code that is not current took part in it; whether the request's own function is current is checked only if its name is given.
   */
  check(
    process: string,
    leaseMs: number,
    ids: readonly string[],
    functionNames?: readonly string[],
  ): Promise<readonly CheckAnswer[]>;
  /** A waiter leaves: a queued request that no other caller waits for is removed, and the owner of a running one is notified to cancel. */
  withdraw(process: string, ids: readonly string[]): Promise<void>;
  /**
   * Announces work that is not queued yet, so that the pool's desired workers include it. A pool remembers 1,000 announcements;
   * `false`, and nothing is noted, if there are as many.
   */
  announceWork(work: AnnouncedWork): Promise<boolean>;
  /** Forgets one result, or all results of a function with its noted mismatch. */
  forget(what: { readonly id: string } | { readonly functionName: string }): Promise<void>;
}

/** What every member asks of its pool. */
export interface MemberPool extends InboxPool {
  /**
   * Takes a member in (again): lease, functions, versions. Losses counted against it while it was away are taken back.
   *
   * @throws GridError `INVALID_OPTION` where a living member of another `instance` has its id.
   */
  join(member: Member): Promise<FunctionTable>;
  /** Prolongs a lease; `false` when the pool does not know the process any more, or has another instance of its id: a worker joins again then. */
  renew(process: string, leaseMs: number, renewal?: Renewal): Promise<boolean>;
  /**
   * What some process has to do now and then: processes whose lease expired are retired, their work goes back to the pool,
   * and volunteers get what is queued anywhere.
   */
  sweep(request: SweepRequest): Promise<SweepReply>;
}

/** What those who evaluate ask of a pool: workers, the processes that run them, and bridges, which carry requests to other pools. */
export interface WorkerPool extends MemberPool {
  /**
   * Own queue from its end, then the pool's queue from its head, then callers' queues by turns, then the longest own queue of some
   * other member.
   */
  claim(request: ClaimRequest): Promise<ClaimReply>;
  /**
   * Hands outcomes in and notifies every waiter except the worker itself. The first outcome of an open request wins; an error
   * counts only from its owner; a late value is kept if no other is kept. Outcomes of code that is not current are refused: the promise
   * resolves with the ids of those requests among them that the worker holds, and that it has to release.
   */
  complete(
    worker: string,
    completions: readonly Completion[],
    reports: readonly EvaluationReport[],
  ): Promise<readonly string[]>;
  /** Gives claimed requests back unstarted, to the head of the pool's queue; a copy, so that another worker may get one. */
  release(worker: string, ids: readonly string[]): Promise<void>;
  /**
   * Reports which claimed requests wait for re-entrant ones (with their ids, or none yet), and which go on. A suspended request
   * takes no loss when its worker dies, and the ids are the edges that {@link ObservedPool.followWaits} follows. Also how far they are.
   */
  mark(
    worker: string,
    suspended: ReadonlyArray<{ readonly id: string; readonly waitsFor: readonly string[] }>,
    resumed: readonly string[],
    progress?: ReadonlyArray<Progress & { readonly id: string }>,
  ): Promise<void>;
  /**
   * Compares what a worker holds with what the pool thinks it holds: claims whose message got lost are given again, and ids
   * that no caller waits for any more are closed and named. What the pool does not know or others have claimed since goes on: its
   * outcome is welcome if it comes first.
   */
  reconcile(worker: string, heldIds: readonly string[]): Promise<Comparison>;

  /** Notes what versions were made of, by version. Notes of versions that no worker joins with are dropped after a month. */
  noteCode(notes: ReadonlyMap<string, CodeNote>): Promise<void>;

  /**
   * Notes that the current version of a function gave different values for one request: its kept results are used no more, and no more are kept until
   * they are forgotten. Of another version nothing is noted.
   */
  noteMismatch(functionName: string, mismatch: Mismatch): Promise<void>;

  /** The state of the pool. The process is sent `look`, once, when another member becomes idle. */
  look(process: string): Promise<PoolSight>;
  /**
   * Takes back guests of the process that no worker has claimed, what would be drawn last first: it waits for them no longer. Replies with
   * their ids.
   */
  recall(request: RecallRequest): Promise<readonly string[]>;

  /**
   * A worker is known to have died: retires it at once, and keeps the report for a request that dies too often. The instance is
   * compared as by `leave`.
   */
  reportDeath(
    worker: string,
    report: Readonly<Record<string, unknown>>,
    maxAttempts: number,
    instance?: string,
  ): Promise<void>;
  /** Takes the agent of a machine in, or prolongs its lease, and returns what was noted last. It leaves with `leave`. */
  reportHost(host: HostReport): Promise<Capacity | undefined>;
  /** What was noted last. On Redis this is one command. */
  capacity(): Promise<Omit<Capacity, "ageMs"> | undefined>;
}

/** What the head of a pool asks of it besides {@link MemberPool.sweep}. */
export interface HeadPool extends MemberPool {
  /** Gives up heading the pool, so that a standby need not wait for the lease to lapse. */
  abdicate(process: string): Promise<void>;
  /** Notes that number; `false`, and nothing is noted, if the process does not head the pool. */
  noteCapacity(process: string, capacity: Omit<Capacity, "ageMs">): Promise<boolean>;
}

/** What only reads. */
export interface ObservedPool {
  readonly pool: string;

  functions(): Promise<FunctionTable>;
  inspect(): Promise<PoolState>;
  inspectRequest(id: string): Promise<RequestState | undefined>;
  /** The kept result of a request, whether it is used or not. */
  inspectResult(id: string): Promise<KeptResultState | undefined>;
  /** Counts the kept results. On Redis it goes through all keys of the database, a thousand at a time, is no atomic step, and may count one twice. */
  measureResults(): Promise<KeptAmount>;
  /** What versions were made of, by version, as far as that was noted. */
  readCode(versions: readonly string[]): Promise<ReadonlyMap<string, CodeNote>>;
  /** The last mismatch of each function that has one, sorted by name. */
  mismatches(): Promise<readonly NotedMismatch[]>;
  /** Where requests are, in the order of the ids. */
  locate(ids: readonly string[]): Promise<readonly Whereabouts[]>;
  /** Who waits for whom, from some requests on, breadth first by the noted edges of at most `limit` requests. */
  followWaits(ids: readonly string[], limit: number): Promise<Waits>;
  /** Reads the figures from which the number of desired workers is computed; samples where there is much. */
  survey(request: SurveyRequest): Promise<Survey>;
}

/** One pool, seen from one process. */
export interface PoolKeeper extends CallerPool, WorkerPool, HeadPool, ObservedPool {}

/** Where a grid's pools live. */
export interface Statekeeper {
  /** The URL without its password, for messages. */
  readonly address: string;
  /** The grid's name: pools of different grids never meet. */
  readonly grid: string;
  pool(pool: string): PoolKeeper;
  /** Names of other grids here that have a pool of this name: for the message to a caller that waits in the wrong one. */
  otherGridsWith(pool: string): Promise<readonly string[]>;
  /** Names of other pools of this grid that resemble this one, the nearest first: for the same message, after a slip. */
  poolsLike(pool: string): Promise<readonly string[]>;
  /** One round trip, in ms. */
  ping(): Promise<number>;
  close(): Promise<void>;
}
