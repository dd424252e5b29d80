/**
 * An ask that does not wait forever: when its time is over it is withdrawn, and its outcome is the error `TIMEOUT`.
 */
import { type CancelTimer, encodeError } from "@callgrid/core";
import type { OutcomeListener, PrioritizedSubmission } from "@callgrid/statekeeper";
import type { PoolClient } from "./pool-client.ts";

/** What can be withdrawn as long as it has no outcome. */
export interface OpenRequest {
  withdraw(): void;
}

/** What a {@link TimedRequest} works with. */
export interface TimedRequestParts {
  readonly pool: PoolClient;
  readonly submission: PrioritizedSubmission;
  readonly worker: string | undefined;
  readonly timeoutMs: number;
  readonly listener: OutcomeListener;
}

export class TimedRequest implements OpenRequest {
  readonly #parts: TimedRequestParts;
  readonly #ask: OpenRequest;
  readonly #cancelTimer: CancelTimer;

  constructor(parts: TimedRequestParts) {
    this.#parts = parts;
    const { pool, submission, worker, timeoutMs, listener } = parts;
    this.#ask = pool.ask(submission, worker, (outcome, origin) => {
      this.#cancelTimer();
      listener(outcome, origin);
    });
    this.#cancelTimer = pool.clock.after(timeoutMs, () => this.#timeOut());
  }

  withdraw(): void {
    this.#cancelTimer();
    this.#ask.withdraw();
  }

  #timeOut(): void {
    const { pool, submission, timeoutMs, listener } = this.#parts;
    this.#ask.withdraw();
    listener(
      encodeError({
        msg: `no outcome from pool "${pool.name}" within ${timeoutMs} ms`,
        code: "TIMEOUT",
        req: submission.payload,
        details: { pool: pool.name, timeoutMs },
      }),
      {},
    );
  }
}
