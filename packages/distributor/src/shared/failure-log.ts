/** Tells of failures that are tried again and again: once a second at most, and then how many went untold. */
import { type Clock, type Logger, messageOf } from "@callgrid/core";

const quietMs = 1_000;

export class FailureLog {
  readonly #log: Logger;
  readonly #clock: Clock;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #untold = 0;

  constructor(log: Logger, clock: Clock) {
    this.#log = log;
    this.#clock = clock;
  }

  /** @param what - what could not be done and is tried again. */
  tell(what: string, error: unknown): void {
    const nowMs = this.#clock.now();
    if (nowMs - this.#toldAtMs < quietMs) {
      this.#untold += 1;
      return;
    }
    const reason = messageOf(error);
    this.#log.warn({ reason, untold: this.#untold }, `${what}, trying on`);
    this.#toldAtMs = nowMs;
    this.#untold = 0;
  }
}
