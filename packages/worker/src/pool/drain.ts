/**
 * Ends the work of a worker: what has not started goes back to the pool, and so does what waits for others, now or later, since
 * its finished children stay in the pool's cache. What runs may finish.
 */
import { type Clock, type RebuiltMap, within } from "@callgrid/core";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Evaluator } from "../evaluation/evaluator.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";

/** What a drain works with. */
export interface DrainParts {
  readonly clock: Clock;
  readonly evaluator: Evaluator;
  readonly inFlight: RebuiltMap<string, Evaluation>;
  readonly visible: PoolEvaluations;
  readonly release: (ids: readonly string[]) => void;
}

export class Drain {
  readonly #parts: DrainParts;
  #isUnderWay = false;
  /** Those who wait for the end. */
  #waiting: Array<() => void> = [];

  constructor(parts: DrainParts) {
    this.#parts = parts;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  begin(): void {
    this.#isUnderWay = true;
    this.#giveBack();
  }

  /** Resolves when nothing runs any more, after `timeoutMs`, or when the drain is ended. */
  async idleWithin(timeoutMs: number): Promise<void> {
    if (this.#isIdle) return;
    const idle = new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
    });
    await within(this.#parts.clock, timeoutMs, idle);
  }

  noteChange(): void {
    if (this.#isUnderWay && this.#isIdle) this.#tellWaiting();
  }

  /** A function that was running has begun to wait: after the calls that it is making, it goes back as well. */
  noteSuspension(): void {
    if (this.#isUnderWay) queueMicrotask(() => this.#giveBack());
  }

  /** Gives up everything, what runs included; the pool takes back what the worker leaves behind. */
  end(): void {
    this.#isUnderWay = true;
    this.#parts.evaluator.loop.stop();
    this.#parts.evaluator.abandon([...this.#parts.inFlight.values()], "its worker stops");
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    for (const tell of this.#waiting.splice(0)) tell();
  }

  get #isIdle(): boolean {
    return this.#parts.evaluator.loop.slots.taken === 0;
  }

  #giveBack(): void {
    const { inFlight, visible, evaluator, release } = this.#parts;
    // its requests stay in the pool: the next evaluation of the callers makes the same requests
    const given = [...inFlight.values()].filter(({ state }) => state !== "running" && state !== "asked");
    const ids = given.filter(({ isOwned }) => isOwned).map(({ id }) => id);
    for (const evaluation of given) {
      visible.forget(evaluation);
      inFlight.delete(evaluation.key);
    }
    evaluator.abandon(given, "its worker stops; another one evaluates it again");
    if (ids.length > 0) release(ids);
  }
}
