/**
 * How long the worker may go on before I/O has its turn, which promises alone would never let it have. It remembers when the
 * clock was read last: the evaluator reads it at each start and end of an evaluation anyway, and never just for this.
 */
import type { Clock } from "@callgrid/core";
import { slice } from "./tuning.ts";

export class TimeSlice {
  readonly #clock: Clock;
  #endsAt = 0;
  #seenAt = 0;
  #answered = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** I/O has just had its turn. */
  begin(): void {
    this.#endsAt = this.#clock.now() + slice.lengthMs;
  }

  /** The time, in ms: what a function takes until then by itself counts as its own. */
  now(): number {
    this.#answered = 0;
    this.#seenAt = this.#clock.now();
    return this.#seenAt;
  }

  /** The time at the last {@link now}. */
  get seenAt(): number {
    return this.#seenAt;
  }

  /** Whether it was over at the last reading. */
  get isOver(): boolean {
    return this.#seenAt > this.#endsAt;
  }

  /**
   * Calls of a function were answered at once. Returns whether it should wait nevertheless, so that I/O has its turn. That may happen
   * a million times in a row, so the clock is read every few times only.
   */
  isOverForAnswered(): boolean {
    this.#answered += 1;
    if (this.#answered >= slice.answersPerReading) this.now();
    return this.isOver;
  }
}
