/**
 * Requests that were claimed and have not started, first in first out, and how long they will take. What was settled, cancelled
 * or given back meanwhile stays until it is met, and is skipped.
 */
import type { Evaluation } from "./evaluation.ts";

/** Taken entries stay in front until there are this many of them, and more of them than others. */
const mostTaken = 1_024;

export class ReadyQueue {
  #entries: Array<Evaluation | undefined> = [];
  /** Entries before this were taken, and are empty: what has been evaluated must not be kept by having been here. */
  #head = 0;
  #expectedMs = 0;
  #taken = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  /** How many have been taken so far, or were met and skipped. */
  get taken(): number {
    return this.#taken;
  }

  /** What is in here will take about so long, by measured self times. */
  get expectedMs(): number {
    return this.#expectedMs;
  }

  push(evaluation: Evaluation, expectedMs: number): void {
    evaluation.become("ready");
    evaluation.expectedMs = expectedMs;
    this.#add(evaluation);
  }

  /** The one that has been here longest and is still to be started. */
  get first(): Evaluation | undefined {
    while (this.#head < this.#entries.length) {
      const next = this.#entries[this.#head];
      if (next?.state === "ready") return next;
      this.#takeHead();
    }
    this.#clear();
    return undefined;
  }

  /** Takes the {@link first}. */
  shift(): Evaluation | undefined {
    const { first } = this;
    if (first === undefined) return undefined;
    this.#takeHead();
    this.#dropTaken();
    return first;
  }

  /** Takes those that are still to be started and that `isTaken` chooses. */
  takeAll(isTaken: (evaluation: Evaluation) => boolean): Evaluation[] {
    const all = this.#entries.filter((entry) => entry?.state === "ready") as Evaluation[];
    this.#clear();
    for (const evaluation of all) if (!isTaken(evaluation)) this.#add(evaluation);
    return all.filter(isTaken);
  }

  #add(evaluation: Evaluation): void {
    this.#expectedMs += evaluation.expectedMs;
    this.#entries.push(evaluation);
  }

  #takeHead(): void {
    this.#expectedMs -= this.#entries[this.#head]?.expectedMs ?? 0;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    this.#taken += 1;
  }

  #dropTaken(): void {
    if (this.#head < mostTaken || this.#head * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#head);
    this.#head = 0;
  }

  #clear(): void {
    if (this.#entries.length > 0) this.#entries = [];
    this.#head = 0;
    // sums of fractions do not come back to zero by themselves
    this.#expectedMs = 0;
  }
}
