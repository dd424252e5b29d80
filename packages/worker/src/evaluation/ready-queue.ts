/**
 * Requests that were claimed and have not started, first in first out, and how long they will take. What was settled, cancelled
 * or given back meanwhile stays until it is met, and is skipped. What is to be evaluated by this worker alone is not open to others.
 */
import { isAddressedId } from "@callgrid/core";
import type { Evaluation } from "./evaluation.ts";

/** Taken entries stay in front until there are this many of them, and more of them than others. */
const mostTaken = 1_024;

export class ReadyQueue {
  #entries: Array<Evaluation | undefined> = [];
  /** Entries before this were taken, and are empty: what has been evaluated must not be kept by having been here. */
  #head = 0;
  #expectedMs = 0;
  #taken = 0;
  #revoked: Evaluation[] = [];

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
    if (!isAddressedId(evaluation.id)) evaluation.hold?.open();
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

  /** Takes the {@link first} that the heartbeat thread has not given back. A suspect is taken only if `mayBeSuspect`. */
  shift(mayBeSuspect = true): Evaluation | undefined {
    for (let { first } = this; first !== undefined; first = this.first) {
      if (first.isSuspect && !mayBeSuspect) return undefined;
      this.#takeHead();
      this.#dropTaken();
      if (first.hold?.close() !== false) return first;
      this.#revoked.push(first);
    }
    return undefined;
  }

  /** Takes those that the heartbeat thread has given back. */
  takeRevoked(): Evaluation[] {
    const revoked = this.#revoked;
    if (revoked.length > 0) this.#revoked = [];
    return revoked;
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
