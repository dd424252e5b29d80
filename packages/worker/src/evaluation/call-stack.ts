/**
 * The in-memory end of the own queue: the worker takes the youngest (so that memory is bounded by depth times fan-out), and
 * what leaves for others is the oldest. Entries that were shared or cancelled meanwhile stay until they are met, and are skipped.
 */
import type { Evaluation } from "./evaluation.ts";

export class OwnStack {
  #entries: Evaluation[] = [];
  /** Entries before this were taken by sharing. */
  #bottom = 0;

  push(evaluation: Evaluation): void {
    this.#entries.push(evaluation);
  }

  /** The youngest that is still to be started here. */
  pop(): Evaluation | undefined {
    while (this.#entries.length > this.#bottom) {
      const youngest = this.#entries.pop();
      if (youngest?.state === "stacked") return youngest;
    }
    this.#entries = [];
    this.#bottom = 0;
    return undefined;
  }

  /** The oldest that is still to be started here. */
  get oldest(): Evaluation | undefined {
    while (this.#bottom < this.#entries.length) {
      const oldest = this.#entries[this.#bottom];
      if (oldest?.state === "stacked") return oldest;
      this.#bottom += 1;
    }
    return undefined;
  }

  /** Takes up to `count` of the oldest. */
  takeOldest(count: number): Evaluation[] {
    const taken: Evaluation[] = [];
    while (taken.length < count) {
      const { oldest } = this;
      if (oldest === undefined) break;
      taken.push(oldest);
      this.#bottom += 1;
    }
    if (this.#bottom > 1_024 && this.#bottom * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#bottom);
      this.#bottom = 0;
    }
    return taken;
  }

  /** Stale entries included. */
  get length(): number {
    return this.#entries.length - this.#bottom;
  }

  get isEmpty(): boolean {
    return this.#entries.length <= this.#bottom;
  }
}
