/**
 * How long the worker may go on before I/O has its turn, which promises alone would never let it have. It remembers when the
 * clock was looked at last: whoever starts or ends an evaluation has to look anyway, so nobody looks just for this.
 */
import type { Clock } from "@callgrid/core";

const sliceMs = 2;
/** How many calls that take no time go by between looks at the clock. */
const checkEvery = 16;

export class TimeSlice {
  readonly #clock: Clock;
  #endsAt = 0;
  #seenAt = 0;
  #sinceLook = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** I/O has just had its turn. */
  begin(): void {
    this.#endsAt = this.#clock.now() + sliceMs;
  }

  /** The time, in ms. */
  look(): number {
    this.#sinceLook = 0;
    this.#seenAt = this.#clock.now();
    return this.#seenAt;
  }

  /** The time of the last look. */
  get seenAt(): number {
    return this.#seenAt;
  }

  /** Whether it was over at the last look. */
  get isOver(): boolean {
    return this.#seenAt > this.#endsAt;
  }

  /** For what takes no time by itself, and may happen a million times in a row: looks only now and then. */
  noteMoment(): boolean {
    this.#sinceLook += 1;
    if (this.#sinceLook >= checkEvery) this.look();
    return this.isOver;
  }
}
