/**
 * A request that this process waits for, and the asks that wait for it. Made by the thousand in one tick, so both are
 * small: the set for further asks exists only where the same request is asked for more than once.
 */
import type { OutcomeText } from "@callgrid/core";
import type { Submission } from "../contract/contract.ts";

/** How an outcome came about, besides an evaluation for this request. */
export interface OutcomeOrigin {
  /** The pool had it when it was asked for, from an earlier evaluation. */
  readonly isKept?: boolean;
  /** The pool did not take the request in: this says so, and nothing was evaluated. */
  readonly isRefused?: boolean;
  /** Which code made it, see contract/stamp.ts; default: none. */
  readonly stamp?: string;
}

/** Receives the outcome of an ask, once. */
export type OutcomeListener = (outcome: OutcomeText, origin: OutcomeOrigin) => void;

/** What a {@link PendingCall} notifies of its withdrawal. */
export interface PendingCallOwner {
  withdrawCall(ask: PendingCall): void;
}

/** One caller's wait for one request. */
export class PendingCall {
  /** The request's id. */
  readonly id: string;
  readonly #listener: OutcomeListener;
  readonly #owner: PendingCallOwner;
  #isOpen = true;

  constructor(id: string, listener: OutcomeListener, owner: PendingCallOwner) {
    this.id = id;
    this.#listener = listener;
    this.#owner = owner;
  }

  /** Stops waiting: the listener is not called any more. Does nothing once it was called. */
  withdraw(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#owner.withdrawCall(this);
  }

  /** Notifies the listener, unless an earlier listener of the same request has just withdrawn this ask. */
  settle(outcome: OutcomeText, origin: OutcomeOrigin): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#listener(outcome, origin);
  }
}

/** What is asked for, and the priority of the batch that it is to travel in; 0 where there is none. */
export interface PrioritizedSubmission extends Submission {
  readonly priority?: number;
}

/** A request that is asked for and has no outcome yet. */
export class PendingRequest {
  readonly worker: string | undefined;
  /** When it was asked for or checked last; requests are checked in the order of this. */
  heardAtMs: number;
  /** Whether it waits to be submitted (again). */
  isQueued = false;
  /** Whether the statekeeper may know of it. */
  wasSent = false;
  /** Whether it was submitted more than once: what the statekeeper then knows may come of the earlier submission. */
  isResubmitted = false;
  /** Since when the pool lacks the worker to which it is addressed, after it was submitted before. */
  homelessSinceMs: number | undefined;
  readonly #submission: PrioritizedSubmission;
  #priority: number;
  #deadlineMs: number;
  #first: PendingCall | undefined;
  #others: Set<PendingCall> | undefined;

  constructor(submission: PrioritizedSubmission, worker: string | undefined, nowMs: number) {
    this.#submission = submission;
    this.worker = worker;
    this.heardAtMs = nowMs;
    this.#priority = submission.priority ?? 0;
    this.#deadlineMs = deadlineOf(submission, nowMs);
  }

  get id(): string {
    return this.#submission.id;
  }

  get payload(): string {
    return this.#submission.payload;
  }

  get isRefresh(): boolean {
    return this.#submission.mode === "refresh";
  }

  get priority(): number {
    return this.#priority;
  }

  /** Whether it has no waiter any more. */
  get isAbandoned(): boolean {
    return this.#first === undefined && (this.#others === undefined || this.#others.size === 0);
  }

  add(ask: PendingCall): void {
    if (this.#first === undefined && this.#others === undefined) {
      this.#first = ask;
    } else {
      this.#others ??= new Set();
      this.#others.add(ask);
    }
  }

  remove(ask: PendingCall): void {
    if (this.#first === ask) this.#first = undefined;
    else this.#others?.delete(ask);
  }

  /** Waits as long as the most patient ask does, at the highest priority of any; returns whether that is more than before. */
  extend(submission: PrioritizedSubmission, nowMs: number): boolean {
    const deadlineMs = deadlineOf(submission, nowMs);
    const priority = submission.priority ?? 0;
    if (deadlineMs <= this.#deadlineMs && priority <= this.#priority) return false;
    this.#deadlineMs = Math.max(deadlineMs, this.#deadlineMs);
    this.#priority = Math.max(priority, this.#priority);
    return true;
  }

  /** A refreshing request instead of this one, with all who wait for this one. */
  refreshed(submission: PrioritizedSubmission, nowMs: number): PendingRequest {
    const fresh = new PendingRequest(submission, this.worker, this.heardAtMs);
    fresh.#deadlineMs = Math.max(this.#deadlineMs, deadlineOf(submission, nowMs));
    fresh.#priority = Math.max(this.#priority, fresh.#priority);
    fresh.#first = this.#first;
    fresh.#others = this.#others;
    fresh.wasSent = this.wasSent;
    return fresh;
  }

  /** To be evaluated again, whatever is kept. */
  asRefresh(nowMs: number): PendingRequest {
    return this.refreshed({ ...this.#submission, mode: "refresh" }, nowMs);
  }

  /** What to submit now: the limit of time is what is left of it. */
  submissionAt(nowMs: number): Submission {
    if (this.#deadlineMs === Number.POSITIVE_INFINITY) return withoutLimit(this.#submission);
    return { ...this.#submission, timeoutMs: Math.max(1, Math.ceil(this.#deadlineMs - nowMs)) };
  }

  /** Notifies all waiters; a listener that throws does not keep others from being notified. */
  settle(outcome: OutcomeText, origin: OutcomeOrigin, onError: (error: unknown) => void): void {
    const settleSafely = (ask: PendingCall): void => {
      try {
        ask.settle(outcome, origin);
      } catch (error) {
        onError(error);
      }
    };
    if (this.#first !== undefined) settleSafely(this.#first);
    for (const ask of this.#others ?? []) settleSafely(ask);
  }
}

function withoutLimit(submission: Submission): Submission {
  return submission.timeoutMs === undefined || submission.timeoutMs === 0
    ? submission
    : { ...submission, timeoutMs: 0 };
}

function deadlineOf(submission: Submission, nowMs: number): number {
  const { timeoutMs } = submission;
  return timeoutMs === undefined || timeoutMs === 0 ? Number.POSITIVE_INFINITY : nowMs + timeoutMs;
}
