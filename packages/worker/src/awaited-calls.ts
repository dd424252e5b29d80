/** The calls of one `callReentrant`: its promise is settled when all of them are, and the caller has a slot again. */
import type { Evaluation } from "./evaluation.ts";
import type { Evaluator } from "./evaluator.ts";
import { ReentrantCalls } from "./reentrant-calls.ts";

export class AwaitedCalls extends ReentrantCalls {
  /** What the function awaits: the values in order. */
  readonly promise: Promise<unknown[]>;
  /** Until all are placed, those that are answered at once settle nothing. */
  isPlaced = false;
  readonly #evaluator: Evaluator;
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

  resume(): void {
    try {
      this.#resolve(this.values());
    } catch (error) {
      this.fail(error);
    }
  }

  /** A function may await them later, or be done without: its worker must not end over a failure that nobody awaits. */
  fail(error: unknown): void {
    this.promise.catch(ignore);
    this.#reject(error);
  }

  protected onSettled(): void {
    if (this.remaining === 0 && this.isPlaced) this.#evaluator.resumeWhenPossible(this);
  }
}

function ignore(): void {}
