import { type CancelTimer, type Clock, checkedDelay } from "./clock.ts";
import { type Timer, TimerHeap } from "./timer-heap.ts";

// A loop of turns that never rests would hang the test; an error names the reason.
const mostRounds = 1_000_000;

/**
 * A clock for tests and simulations, whose time passes on command only. Timers fire in the order of their time and, where that is equal, of
 * their insertion; between two of them everything that the first one started runs until it rests. Rest means: no promise and no turn is
 * left. Real I/O is not waited for, so keep it out of what runs on virtual time.
 *
 * @example
 * ```ts
 * const clock = new VirtualClock();
 * clock.after(5_000, () => console.log("five seconds later"));
 * await clock.advance(5_000);
 * ```
 */
export class VirtualClock implements Clock {
  readonly #timers = new TimerHeap();
  #nowMs: number;
  #timersAdded = 0;
  #turnsLeft = 0;

  /** @param startMs - what {@link VirtualClock.now} says at first, in ms, default 0. */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  /** How many timers wait, background ones included. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, action: () => void): CancelTimer {
    const dueMs = this.#nowMs + Math.max(0, checkedDelay(ms));
    const timer: Timer = { dueMs, order: this.#timersAdded++, action, place: -1 };
    this.#timers.add(timer);
    return () => this.#timers.remove(timer);
  }

  background(ms: number, action: () => void): CancelTimer {
    return this.after(ms, action);
  }

  turn(action: () => void): void {
    this.#turnsLeft++;
    setImmediate(() => {
      this.#turnsLeft--;
      action();
    });
  }

  /** Lets `ms` pass, and fires what falls due meanwhile. Rejects with what a timer's action throws. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await this.#rest();
    for (
      let timer = this.#timers.first();
      timer !== undefined && timer.dueMs <= untilMs;
      timer = this.#timers.first()
    ) {
      await this.#fire(timer);
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Lets time pass up to the next timer and fires that one; resolves to false without one. */
  async next(): Promise<boolean> {
    await this.#rest();
    const timer = this.#timers.first();
    if (timer === undefined || timer.dueMs === Number.POSITIVE_INFINITY) return false;
    await this.#fire(timer);
    return true;
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.remove(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.action();
    await this.#rest();
  }

  /**
   * Node drains all promises before the next tick, and between two immediates, so whatever has started is at rest once no
   * turn is left. A tick costs a fraction of an immediate, and most timers start no turn.
   */
  async #rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      process.nextTick(resolve);
    });
    for (let round = 0; round < mostRounds; round++) {
      if (this.#turnsLeft === 0) return;
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
    throw new Error(
      `virtual time stands still: after ${mostRounds} turns of the event loop something still takes turns`,
    );
  }
}
