/** Logs failures of calls that are retried: at most once a second, with the number of failures that were left out. */
import { type Clock, type Logger, messageOf } from "@callgrid/core";

const quietMs = 1_000;

export class FailureLog {
  readonly #logger: Logger;
  readonly #clock: Clock;
  #loggedAtMs = Number.NEGATIVE_INFINITY;
  #leftOut = 0;

  constructor(log: Logger, clock: Clock) {
    this.#logger = log;
    this.#clock = clock;
  }

  /** @param what - what failed and is retried. */
  log(what: string, error: unknown): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#loggedAtMs < quietMs) {
      this.#leftOut += 1;
      return;
    }
    const reason = messageOf(error);
    this.#logger.warn({ reason, leftOut: this.#leftOut }, `${what}, retrying`);
    this.#loggedAtMs = nowMs;
    this.#leftOut = 0;
  }
}
