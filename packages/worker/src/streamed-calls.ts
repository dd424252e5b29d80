/** The calls of one `streamReentrant`: tells which have settled since it was asked last, and wakes the function when one does. */
import type { Evaluation } from "./evaluation.ts";
import type { Evaluator } from "./evaluator.ts";
import { ReentrantCalls } from "./reentrant-calls.ts";

export class StreamedCalls extends ReentrantCalls {
  /** The indices of those that have settled and were not taken yet, in the order in which they did. */
  readonly finished: number[] = [];
  readonly #evaluator: Evaluator;
  #wake: (() => void) | undefined;
  #isResuming = false;

  constructor(caller: Evaluation, count: number, evaluator: Evaluator) {
    super(caller, count);
    this.#evaluator = evaluator;
  }

  /** Gives the slot up until one has settled and there is a slot again; if one has already, only to let others have a turn. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#evaluator.suspend(this.caller, this);
      if (this.finished.length > 0) this.#resumeWhenPossible();
    });
  }

  resume(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    this.#isResuming = false;
    wake?.();
  }

  protected onSettled(index: number): void {
    this.finished.push(index);
    if (this.#wake !== undefined && !this.#isResuming) this.#resumeWhenPossible();
  }

  #resumeWhenPossible(): void {
    this.#isResuming = true;
    this.#evaluator.resumeWhenPossible(this);
  }
}
