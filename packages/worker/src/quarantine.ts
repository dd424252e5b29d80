/**
 * Keeps suspects apart: a request whose worker has died while running it runs with nothing beside it, so that another death
 * names the culprit, and costs nobody else a loss. What merely waits for its own calls is no risk and does not count.
 */
import type { Evaluation } from "./evaluation.ts";

export class Quarantine {
  #suspect: Evaluation | undefined;

  /** A suspect runs: nothing may start or go on beside it. */
  get isInForce(): boolean {
    return this.#suspect?.holdsSlot === true;
  }

  /** Whether it may take a slot, with so many others that hold one. */
  admits(evaluation: Evaluation, othersRunning: number): boolean {
    return !evaluation.isSuspect || othersRunning === 0;
  }

  /** It has taken a slot. */
  note(evaluation: Evaluation): void {
    if (evaluation.isSuspect) this.#suspect = evaluation;
  }

  /** It has given its slot up. */
  forget(evaluation: Evaluation): void {
    if (this.#suspect === evaluation) this.#suspect = undefined;
  }
}
