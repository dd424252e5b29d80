/** The calls of one `callReentrant`: its promise is settled when all of them are, and the caller has a slot again. */
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Evaluator } from "../evaluation/evaluator.ts";
import { ReentrantCalls } from "../evaluation/reentrant-calls.ts";

export class AwaitedCalls extends ReentrantCalls {
  /** What the function awaits: the values in order. */
  readonly promise: Promise<unknown[]>;
  readonly #evaluator: Evaluator;
  /** Until all are placed, those that are answered at once settle nothing. */
  #isPlaced = false;
  #resolve: (values: unknown[]) => void = ignore;
  #reject: (error: unknown) => void = ignore;

  constructor(caller: Evaluation, count: number, evaluator: Evaluator) {
    super(caller, count);
    this.#evaluator = evaluator;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** All are placed: the caller waits for those that are still open. */
  wait(): void {
    this.#isPlaced = true;
    const isAnswered = this.remaining === 0;
    // a function whose calls are all answered from memory would otherwise go on without anybody else ever having a turn
    if (isAnswered && !this.#evaluator.loop.slice.isOverForAnswered()) {
      this.resume();
      return;
    }
    this.#evaluator.suspend(this.caller, this);
    if (isAnswered) this.#evaluator.resumeWhenPossible(this);
  }

  resume(): void {
    try {
      this.#resolve(this.values());
    } catch (error) {
      this.fail(error);
    }
  }

  /** A function may await them later, or be done without: its worker must not end because of a failure that is not awaited. */
  fail(error: unknown): void {
    this.promise.catch(ignore);
    this.#reject(error);
  }

  protected onSettled(): void {
    if (this.remaining === 0 && this.#isPlaced) this.#evaluator.resumeWhenPossible(this);
  }
}

function ignore(): void {}
