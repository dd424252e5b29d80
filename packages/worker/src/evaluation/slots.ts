/** The slots of a worker. Each function that runs holds one, and gives it up while it waits for calls. */
import type { Evaluation } from "./evaluation.ts";

export class Slots {
  readonly count: number;
  #free: number;
  #started = 0;
  #expectedMs = 0;
  #takenAt = 0;

  constructor(count: number) {
    this.count = count;
    this.#free = count;
  }

  get free(): number {
    return this.#free;
  }

  /** How many functions run, each in a slot. */
  get taken(): number {
    return this.count - this.#free;
  }

  /** When the last one was taken, by the worker's clock, in ms. */
  get takenAt(): number {
    return this.#takenAt;
  }

  /** How many evaluations have started so far. */
  get started(): number {
    return this.#started;
  }

  /** What was started last is expected to take so long, in ms; 0 for what came from memory. */
  get expectedMs(): number {
    return this.#expectedMs;
  }

  /** The function starts at `now`, in ms. */
  start(evaluation: Evaluation, now: number): void {
    this.#started += 1;
    this.#expectedMs = evaluation.expectedMs;
    evaluation.startedAt = now;
    this.take(evaluation, now);
  }

  /** The function runs from `now` on, in ms. */
  take(evaluation: Evaluation, now: number): void {
    this.#free -= 1;
    this.#takenAt = now;
    evaluation.become("running");
    evaluation.runningSince = now;
  }

  /** A function that was running is done, or waits. */
  release(): void {
    this.#free += 1;
  }
}
