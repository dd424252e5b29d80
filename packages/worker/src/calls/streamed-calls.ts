/** The calls of one `streamReentrant`: returns which have settled since the last call, and wakes the function when one does. */
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Evaluator } from "../evaluation/evaluator.ts";
import { ReentrantCalls } from "../evaluation/reentrant-calls.ts";

export class StreamedCalls extends ReentrantCalls {
  /** The indices of those that have settled and were not taken yet, in the order in which they did. */
  readonly #finished: number[] = [];
  /** The same where they are taken in the order of the requests. */
  readonly #early: Set<number> | undefined;
  #next = 0;
  readonly #evaluator: Evaluator;
  #wake: (() => void) | undefined;
  #isResuming = false;

  constructor(
    caller: Evaluation,
    count: number,
    parts: { readonly evaluator: Evaluator; readonly isOrdered: boolean },
  ) {
    super(caller, count);
    this.#evaluator = parts.evaluator;
    this.#early = parts.isOrdered ? new Set() : undefined;
  }

  /** Whether the one that is taken next has settled. */
  get hasNext(): boolean {
    return this.#early === undefined ? this.#finished.length > 0 : this.#early.has(this.#next);
  }

  /** Takes the index of the next one. */
  takeNext(): number {
    if (this.#early === undefined) return this.#finished.shift() ?? 0;
    this.#early.delete(this.#next);
    this.#next += 1;
    return this.#next - 1;
  }

  /** Gives the slot up until the next one has settled and there is a slot again; if one has already, only to let others have a turn. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#evaluator.suspend(this.caller, this);
      if (this.hasNext) this.#resumeWhenPossible();
    });
  }

  resume(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    this.#isResuming = false;
    wake?.();
  }

  protected onSettled(index: number): void {
    if (this.#early === undefined) this.#finished.push(index);
    else this.#early.add(index);
    if (this.#wake !== undefined && !this.#isResuming && this.hasNext) this.#resumeWhenPossible();
  }

  #resumeWhenPossible(): void {
    this.#isResuming = true;
    this.#evaluator.resumeWhenPossible(this);
  }
}
