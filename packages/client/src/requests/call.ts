/** One call of a grid method: how its requests are encoded, where they go, and what ends them. */
import { addressedId, type Clock, encodeRequest, ownId, requestId } from "@callgrid/core";
import type { OutcomeListener, PrioritizedSubmission } from "@callgrid/statekeeper";
import type { EnqueueOptions } from "../options/enqueue-options.ts";
import { cancelled, type OpenWait, type OpenWaits } from "./open-waits.ts";
import type { PoolClient } from "./pool-client.ts";
import { type OpenRequest, TimedRequest } from "./timed-request.ts";

/** What a {@link Call} works with. */
export interface CallParts {
  readonly pool: PoolClient;
  readonly worker: string | undefined;
  readonly options: EnqueueOptions;
  readonly waits: OpenWaits;
  readonly payloadLimitBytes: number;
  readonly makeId: () => string;
}

export class Call {
  readonly #parts: CallParts;

  constructor(parts: CallParts) {
    this.#parts = parts;
    const { signal } = parts.options;
    if (signal?.aborted === true) throw cancelled(signal);
  }

  get clock(): Clock {
    return this.#parts.pool.clock;
  }

  /** Ends the call when aborted. */
  get signal(): AbortSignal | undefined {
    return this.#parts.options.signal;
  }

  /** The wait is ended by the call's signal and by closing the grid, until it leaves. */
  enter(wait: OpenWait): void {
    this.#parts.waits.add(wait);
  }

  leave(wait: OpenWait): void {
    this.#parts.waits.remove(wait);
  }

  /** Asks for the outcome of one request. */
  ask(submission: PrioritizedSubmission, listener: OutcomeListener): OpenRequest {
    const { pool, worker, options } = this.#parts;
    if (options.timeoutMs === undefined) return pool.ask(submission, worker, listener);
    return new TimedRequest({ pool, submission, worker, timeoutMs: options.timeoutMs, listener });
  }

  /** The request as it travels, with its id; throws for one that cannot travel. */
  submissionOf(request: unknown): PrioritizedSubmission {
    const { cache, timeoutMs, priority } = this.#parts.options;
    const { canonical, payload } = encodeRequest(request, this.#parts.payloadLimitBytes);
    const id = this.#idOf(canonical);
    if (cache === undefined && timeoutMs === undefined && priority === undefined) return { id, payload };
    return { id, payload, mode: cache ?? "use", timeoutMs: timeoutMs ?? 0, priority: priority ?? 0 };
  }

  /** An id of its own keeps a bypassing request from being joined by others, and from joining them; so does that of one for one worker. */
  #idOf(canonical: string): string {
    const { worker, options, makeId } = this.#parts;
    const nonce = options.cache === "bypass" ? makeId() : undefined;
    if (worker !== undefined) return addressedId(canonical, worker, nonce);
    return nonce === undefined ? requestId(canonical) : ownId(canonical, nonce);
  }
}
