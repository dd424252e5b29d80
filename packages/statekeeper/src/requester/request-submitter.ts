/**
 * Submits pending requests: in batches that are sent without waiting for one another, and again where sending failed.
 * What the statekeeper refuses becomes an error outcome.
 */
import { type Clock, isAddressedId, type OutcomeText } from "@callgrid/core";
import type { Submission, SubmitAnswer } from "../contract/contract.ts";
import { isOwnWorker } from "../contract/own-workers.ts";
import type { CallerPool, ObservedPool } from "../contract/pool-keeper.ts";
import type { PendingRequests } from "./pending-checker.ts";
import type { OutcomeOrigin, PendingRequest } from "./pending-request.ts";
import {
  isFinalRefusal,
  poolFullOutcome,
  refusedOutcome,
  unknownFunctionOutcome,
  unknownWorkerOutcome,
} from "./refusal-outcomes.ts";
import { hasRoom, type PlannedBatch, planBatches } from "./submit-batches.ts";

/** How long a worker of a pool that has lost its data may take to join it again, in ms. */
const workerReturnsWithinMs = 10_000;

/** What a {@link RequestSubmitter} works with. */
export interface RequestSubmitterParts {
  readonly keeper: CallerPool & ObservedPool;
  readonly process: string;
  readonly leaseMs: number;
  readonly isReentrant?: boolean;
  readonly isGuest?: boolean;
  readonly queueLimit: number;
  readonly batchSize: number;
  readonly clock: Clock;
  readonly pending: PendingRequests;
  readonly onOutcome: (request: PendingRequest, outcome: OutcomeText, origin: OutcomeOrigin) => void;
  /** Called with the number of volunteers in every reply. */
  readonly onVolunteers?: (volunteers: number) => void;
  readonly onError: (error: unknown) => void;
}

export class RequestSubmitter {
  /** Requests sent for the first time, and those that had been sent before. */
  readonly counters = { submitted: 0, resubmitted: 0 };
  readonly #parts: RequestSubmitterParts;
  /** To be sent with the next flush. */
  #queued: PendingRequest[] = [];
  #queuedCharacters = 0;
  /** Sending them failed; to be sent on order, because retrying at once would be a tight loop. */
  #failed: PendingRequest[] = [];
  #isStopped = false;

  constructor(parts: RequestSubmitterParts) {
    this.#parts = parts;
  }

  /** Whether one call may carry a request together with what is in line; if not, that can go while more is being asked for. */
  hasRoomFor(request: PendingRequest): boolean {
    const load = { requests: this.#queued, characters: this.#queuedCharacters };
    return this.#queued.length === 0 || hasRoom(load, request, this.#parts.batchSize);
  }

  /** Puts a request in line for the next flush. */
  queue(request: PendingRequest): void {
    if (request.isQueued) return;
    request.isQueued = true;
    this.#lineUp(request);
  }

  /** Queues failed submissions again; returns whether there were any. */
  requeueFailed(): boolean {
    const failed = this.#failed;
    this.#failed = [];
    for (const request of failed) this.#lineUp(request);
    return failed.length > 0;
  }

  /** Sends what is in line and still waited for. */
  flush(): void {
    const queued = this.#queued.filter((request) => this.#isPending(request));
    this.#queued = [];
    this.#queuedCharacters = 0;
    for (const batch of planBatches(queued, this.#parts.batchSize)) void this.#submit(batch);
  }

  /** Sends nothing more, and drops the answers that are still to come. */
  stop(): void {
    this.#isStopped = true;
    this.#queued = [];
    this.#failed = [];
  }

  #lineUp(request: PendingRequest): void {
    this.#queued.push(request);
    this.#queuedCharacters += request.payload.length;
  }

  async #submit(batch: PlannedBatch): Promise<void> {
    const { keeper, process, leaseMs, queueLimit, isReentrant = false, isGuest = false, clock } = this.#parts;
    const nowMs = clock.now();
    const submissions = batch.requests.map((request) => this.#takeSubmission(request, nowMs));
    const target = {
      isReentrant,
      ...(isGuest ? { isGuest } : {}),
      ...(batch.worker === undefined ? {} : { worker: batch.worker }),
    };
    const { priority } = batch;
    try {
      const reply = await keeper.submit({ process, leaseMs, queueLimit, priority, submissions, ...target });
      this.#parts.onVolunteers?.(reply.volunteers);
      await this.#takeAnswers(batch.requests, reply.answers);
    } catch (error) {
      this.#takeFailure(batch.requests, error);
    }
  }

  #takeSubmission(request: PendingRequest, nowMs: number): Submission {
    if (request.wasSent) this.counters.resubmitted += 1;
    else this.counters.submitted += 1;
    request.isResubmitted = request.wasSent;
    request.isQueued = false;
    request.wasSent = true;
    return request.submissionAt(nowMs);
  }

  async #takeAnswers(requests: readonly PendingRequest[], answers: readonly SubmitAnswer[]): Promise<void> {
    const { keeper, queueLimit, onOutcome } = this.#parts;
    const unknown: PendingRequest[] = [];
    const homeless: PendingRequest[] = [];
    for (const answer of answers) {
      const request = requests[answer.index];
      if (request === undefined || !this.#isPending(request)) continue;
      if (answer.kind === "outcome")
        onOutcome(request, answer.outcome, { isKept: !request.isResubmitted, stamp: answer.stamp });
      else if (answer.kind === "pool-full")
        this.#refuse(
          request,
          poolFullOutcome({ pool: keeper.pool, worker: addresseeOf(request) }, request.payload, queueLimit),
        );
      else if (answer.kind === "unknown-function") unknown.push(request);
      else if (!this.#mayWorkerReturn(request)) homeless.push(request);
    }
    if (unknown.length > 0) await this.#refuseUnknownFunctions(unknown);
    if (homeless.length > 0) await this.#refuseUnknownWorkers(homeless);
  }

  #refuse(request: PendingRequest, outcome: OutcomeText): void {
    this.#parts.onOutcome(request, outcome, { isRefused: true });
  }

  /** A pool that has lost its data knows no worker for a moment; the next check submits the request again. */
  #mayWorkerReturn(request: PendingRequest): boolean {
    if (!request.isResubmitted) return false;
    const now = this.#parts.clock.now();
    request.homelessSinceMs ??= now;
    return now - request.homelessSinceMs < workerReturnsWithinMs;
  }

  async #refuseUnknownWorkers(requests: readonly PendingRequest[]): Promise<void> {
    const { pool } = this.#parts.keeper;
    const workers = await this.#workerNames();
    for (const request of requests) {
      if (!this.#isPending(request)) continue;
      const { worker = "", payload } = request;
      this.#refuse(request, unknownWorkerOutcome({ pool, worker, workers }, payload));
    }
  }

  async #workerNames(): Promise<string[]> {
    try {
      const { members } = await this.#parts.keeper.inspect();
      return members.filter((member) => isOwnWorker(member) && member.leaseLeftMs > 0).map(({ id }) => id);
    } catch (error) {
      this.#parts.onError(error);
      return [];
    }
  }

  async #refuseUnknownFunctions(requests: readonly PendingRequest[]): Promise<void> {
    const names = await this.#functionNames();
    for (const request of requests) {
      if (!this.#isPending(request)) continue;
      this.#refuse(request, unknownFunctionOutcome(this.#parts.keeper.pool, request.payload, names));
    }
  }

  async #functionNames(): Promise<string[]> {
    try {
      return [...(await this.#parts.keeper.functions()).functions.keys()];
    } catch (error) {
      this.#parts.onError(error);
      return [];
    }
  }

  #takeFailure(requests: readonly PendingRequest[], error: unknown): void {
    if (this.#isStopped) return;
    this.#parts.onError(error);
    // The statekeeper itself is patient with refusals that pass, so one that gets here would come again and again.
    const isFinal = isFinalRefusal(error);
    for (const request of requests) {
      if (request.isQueued || !this.#isPending(request)) continue;
      if (isFinal) {
        this.#refuse(request, refusedOutcome(request.payload, error));
      } else {
        request.isQueued = true;
        this.#failed.push(request);
      }
    }
  }

  /** Not so for what has an outcome by now, was withdrawn, or was requested again. */
  #isPending(request: PendingRequest): boolean {
    return this.#parts.pending.get(request.id) === request;
  }
}

/** The one worker that may evaluate the request; undefined: any may. */
function addresseeOf({ id, worker }: PendingRequest): string | undefined {
  return isAddressedId(id) ? worker : undefined;
}
