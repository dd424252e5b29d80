/**
 * Asks one pool for outcomes on behalf of one process, a client or a worker. It coalesces the requests of one tick into
 * submit batches and remembers who waits for which id; outcomes come by inbox messages, and whatever has waited long is
 * checked now and then, and submitted again when the statekeeper no longer knows it.
 *
 * It relies on the inbox being read by its owner, who passes messages to `receive` and reports a new connection by
 * `recheckAll`. What it holds is bounded by what is waited for.
 */
import { Actor, type Clock, GridError, type OutcomeText, Periodic, RebuiltMap } from "@callgrid/core";
import { namesFiles } from "../contract/code/file-code.ts";
import type { CheckAnswer, InboxMessage } from "../contract/contract.ts";
import type { CallerPool, ObservedPool } from "../contract/pool-keeper.ts";
import { lookAtFiles } from "../files/input-files.ts";
import { PendingChecker, type PendingRequests } from "./pending-checker.ts";
import {
  type OutcomeListener,
  type OutcomeOrigin,
  PendingCall,
  type PendingCallOwner,
  PendingRequest,
  type PrioritizedSubmission,
} from "./pending-request.ts";
import { refusedOutcome } from "./refusal-outcomes.ts";
import { RequestSubmitter } from "./request-submitter.ts";

export {
  type OutcomeListener,
  type OutcomeOrigin,
  PendingCall,
  type PendingCallOwner,
  type PrioritizedSubmission,
} from "./pending-request.ts";

/** How a {@link Requester} is set up. */
export interface RequesterOptions {
  readonly keeper: CallerPool & ObservedPool;
  /** Whose inbox gets the outcomes. */
  readonly process: string;
  /** Prolongs the process's lease by this much with every call; 0 for workers, who renew theirs elsewhere. */
  readonly leaseMs: number;
  readonly clock: Clock;
  /** How often to check what waits, and how long it waits before that. */
  readonly checkEveryMs: number;
  /** Whether it asks for the calls of functions that run, see {@link SubmitBatch.isReentrant}. Default: no. */
  readonly isReentrant?: boolean;
  /** Whether it asks on behalf of another pool, see {@link SubmitBatch.isGuest}. Default: no. */
  readonly isGuest?: boolean;
  /** Refuse new requests when so many wait in the pool; 0: no limit. */
  readonly queueLimit: number;
  /** The most requests in one submit call, default 500. */
  readonly batchSize?: number;
  /** Called before a resubmission. */
  readonly onResubmit?: () => void;
  /** Called with the number of volunteers in every reply to a submission. */
  readonly onVolunteers?: (volunteers: number) => void;
  /** Called for failed calls that are retried. */
  readonly onError?: (error: unknown) => void;
}

/** What a requester has done since it began. */
export interface RequesterCounters {
  readonly submitted: number;
  /**
   * Submissions that were not the first of their request: unknown to the statekeeper, failed before, or requested again.
   */
  readonly resubmitted: number;
  /** Requests that got their outcome. */
  readonly delivered: number;
  /** Answers to checks. */
  readonly checks: number;
}

const defaultBatchSize = 500;
const idsPerWithdrawal = 1_000;
// Timers may come this much early, and what was checked in one round must be old enough for the next.
const timerSlackMs = 1;

export class Requester extends Actor implements PendingCallOwner {
  readonly #options: RequesterOptions;
  readonly #onError: (error: unknown) => void;
  readonly #pending: PendingRequests = new RebuiltMap();
  readonly #submitter: RequestSubmitter;
  readonly #checker: PendingChecker;
  readonly #rounds: Periodic;
  #withdrawn = new Set<string>();
  #referenced: string[] = [];
  #isFlushScheduled = false;
  #delivered = 0;
  #checks = 0;

  constructor(options: RequesterOptions) {
    super();
    this.#options = options;
    this.#onError = options.onError ?? (() => undefined);
    const shared = { ...options, pending: this.#pending, onError: this.#onError };
    this.#submitter = new RequestSubmitter({
      ...shared,
      batchSize: options.batchSize ?? defaultBatchSize,
      onOutcome: (request, outcome, origin) => this.#takeKept(request, outcome, origin),
    });
    this.#checker = new PendingChecker({
      ...shared,
      onAnswer: (request, answer) => this.#takeCheckAnswer(request, answer),
      onRefused: (request, error) =>
        this.#deliver(request, refusedOutcome(request.payload, error), { isRefused: true }),
    });
    const { clock, checkEveryMs } = options;
    this.#rounds = new Periodic({ clock, everyMs: checkEveryMs, round: () => this.#round() });
  }

  /** How many requests are waited for. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** What was done since the beginning. */
  get counters(): RequesterCounters {
    return { ...this.#submitter.counters, delivered: this.#delivered, checks: this.#checks };
  }

  /** Begins to check now and then. The timer alone does not keep the process alive. */
  protected override async begin(): Promise<void> {
    await this.#rounds.start();
  }

  /**
   * Sends the withdrawals made so far, and forgets all that is pending without notifying its callers: withdraw what is to be
   * withdrawn.
   */
  protected override async end(): Promise<void> {
    // a round that is under way may wait for a link that is down
    void this.#rounds.stop();
    this.#submitter.stop();
    this.#checker.stop();
    const withdrawals = this.#sendWithdrawals();
    this.#pending.clear();
    this.#referenced = [];
    await withdrawals;
  }

  /**
   * Asks for an outcome; `listener` gets it once, never before this returns. Asks for the same id share one request, which has the
   * highest of their priorities. It
   * goes to `worker`'s own queue where one is given and the id is not pending yet.
   *
   * @throws GridError `GRID_CLOSED` once stopped.
   */
  ask(submission: PrioritizedSubmission, worker: string | undefined, listener: OutcomeListener): PendingCall {
    if (this.isStopped)
      throw new GridError("GRID_CLOSED", `nothing more is asked of pool "${this.#options.keeper.pool}": closed`);
    const ask = new PendingCall(submission.id, listener, this);
    const nowMs = this.#options.clock.now();
    const known = this.#pending.get(submission.id);
    if (known !== undefined) {
      this.#join(known, submission, nowMs).add(ask);
    } else {
      const request = new PendingRequest(submission, worker, nowMs);
      request.add(ask);
      this.#pending.set(submission.id, request);
      this.#queue(request);
    }
    return ask;
  }

  /** Takes a message out of the inbox; `false` for the kinds that are not about outcomes. */
  receive(message: InboxMessage): boolean {
    if (message.kind === "outcome") {
      const request = this.#pending.get(message.id);
      if (request !== undefined) this.#deliver(request, message.outcome, message);
      return true;
    }
    if (message.kind !== "reference") return false;
    this.#referenced.push(message.id);
    this.#scheduleFlush();
    return true;
  }

  /** Stops waiting for what was recalled: the pool does not have this process as a waiter any more. */
  forget(ids: readonly string[]): void {
    for (const id of ids) this.#pending.delete(id);
  }

  /** Checks everything that is waited for: messages may have been lost. */
  recheckAll(): void {
    this.#retryFailed();
    void this.#checker.checkAll();
  }

  /** For {@link PendingCall.withdraw}. */
  withdrawCall(ask: PendingCall): void {
    const request = this.#pending.get(ask.id);
    if (request === undefined) return;
    request.remove(ask);
    if (!request.isAbandoned) return;
    this.#pending.delete(ask.id);
    if (!request.wasSent) return;
    this.#withdrawn.add(ask.id);
    this.#scheduleFlush();
  }

  /** The pending request that an ask for the same id joins. */
  #join(known: PendingRequest, submission: PrioritizedSubmission, nowMs: number): PendingRequest {
    if (submission.mode === "refresh" && !known.isRefresh) {
      // A request of its own, so that what was answered to the earlier submission does not count for this one.
      const fresh = known.refreshed(submission, nowMs);
      this.#pending.set(submission.id, fresh);
      this.#queue(fresh);
      return fresh;
    }
    if (known.extend(submission, nowMs)) this.#queue(known);
    return known;
  }

  #queue(request: PendingRequest): void {
    if (!this.#submitter.hasRoomFor(request)) this.flush();
    this.#submitter.queue(request);
    this.#scheduleFlush();
  }

  #scheduleFlush(): void {
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => this.flush());
  }

  /** Sends at once what would be sent at the end of this turn: for a worker that claims next what it has just asked for. */
  flush(): void {
    if (!this.#isFlushScheduled) return;
    this.#isFlushScheduled = false;
    if (this.isStopped) return;
    // Withdrawals first: an id that was withdrawn in one tick and asked for in the next must end up asked for.
    void this.#sendWithdrawals();
    this.#submitter.flush();
    const referenced = this.#referenced.map((id) => this.#pending.get(id)).filter((request) => request !== undefined);
    this.#referenced = [];
    void this.#checker.check(referenced);
  }

  async #sendWithdrawals(): Promise<void> {
    const ids = [...this.#withdrawn].filter((id) => !this.#pending.has(id));
    this.#withdrawn = new Set();
    const { keeper, process } = this.#options;
    const parts: Array<Promise<void>> = [];
    for (let start = 0; start < ids.length; start += idsPerWithdrawal) {
      // One that fails is not sent again: the outcome of a request without a waiter is dropped on arrival.
      parts.push(keeper.withdraw(process, ids.slice(start, start + idsPerWithdrawal)).catch(this.#onError));
    }
    await Promise.all(parts);
  }

  async #round(): Promise<void> {
    this.#retryFailed();
    const { clock, checkEveryMs } = this.#options;
    const nowMs = clock.now();
    await this.#checker.checkOverdue(nowMs - checkEveryMs + timerSlackMs, nowMs);
  }

  #retryFailed(): void {
    if (!this.#submitter.requeueFailed()) return;
    this.#scheduleFlush();
    this.#options.onResubmit?.();
  }

  #takeCheckAnswer(request: PendingRequest, answer: CheckAnswer): void {
    this.#checks += 1;
    if (answer.kind === "outcome") this.#takeKept(request, answer.outcome, answer);
    else if (answer.kind === "unknown") this.#resubmit(request);
  }

  /** The pool may have had the outcome for a while: files that were read for it may have changed. */
  #takeKept(request: PendingRequest, outcome: OutcomeText, origin: OutcomeOrigin): void {
    if (request.isRefresh || !namesFiles(origin.stamp ?? "")) this.#deliver(request, outcome, origin);
    else void this.#deliverUnlessFilesChanged(request, outcome, origin);
  }

  async #deliverUnlessFilesChanged(
    request: PendingRequest,
    outcome: OutcomeText,
    origin: OutcomeOrigin,
  ): Promise<void> {
    const files = await lookAtFiles(origin.stamp ?? "");
    if (this.isStopped || this.#pending.get(request.id) !== request) return;
    if (files.every(({ state }) => state !== "changed")) {
      this.#deliver(request, outcome, origin);
      return;
    }
    const fresh = request.asRefresh(this.#options.clock.now());
    this.#pending.set(fresh.id, fresh);
    this.#resubmit(fresh);
  }

  #resubmit(request: PendingRequest): void {
    this.#queue(request);
    this.#options.onResubmit?.();
  }

  #deliver(request: PendingRequest, outcome: OutcomeText, origin: OutcomeOrigin = {}): void {
    this.#pending.delete(request.id);
    this.#delivered += 1;
    request.settle(outcome, origin, this.#onError);
  }
}
