/**
 * Stops evaluations that are no longer wanted: from calls that are given up, or evaluations that are abandoned, down to the last child that
 * only they waited for. A chain of calls can be deeper than the stack, so a list replaces recursion.
 */
import { GridError } from "@callgrid/core";
import { errorTree } from "../errors/error-tree.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import type { Evaluation } from "./evaluation.ts";
import { interrupt } from "./invocation.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import type { Slots } from "./slots.ts";

export class Cancellation {
  readonly #slots: Slots;
  readonly #onUnwanted: (child: Evaluation) => void;
  /** Evaluations that are done, and whose open calls are still to be given up. */
  readonly #leaving: Evaluation[] = [];
  #isBusy = false;

  constructor(parts: { slots: Slots; onUnwanted: (child: Evaluation) => void }) {
    this.#slots = parts.slots;
    this.#onUnwanted = parts.onUnwanted;
  }

  /** Called from inside: more is to be given up before anything else may start. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Ends evaluations without an outcome; the functions learn it from their signals and their open calls. */
  cancel(evaluations: Iterable<Evaluation>, reason: string): void {
    for (const evaluation of evaluations) {
      if (evaluation.isDone) continue;
      if (evaluation.holdsSlot) this.#slots.release();
      evaluation.become("done");
      if (evaluation.cancelTimers !== undefined) evaluation.cancelAllTimers();
      this.#leaving.push(evaluation);
      interrupt(evaluation, new GridError("CANCELLED", reason));
    }
    this.#giveUpAll(reason);
  }

  /** Rejects what a function that is done still waits for. */
  cancelChildren(evaluation: Evaluation, reason: string): void {
    this.#leaving.push(evaluation);
    this.#giveUpAll(reason);
  }

  /** Gives up what is still open of these calls. */
  cancelCalls(calls: ReentrantCalls, reason: string): void {
    const wasBusy = this.#isBusy;
    this.#isBusy = true;
    this.#giveUpOpen(calls, reason);
    this.#isBusy = wasBusy;
    this.#giveUpAll(reason);
  }

  #giveUpAll(reason: string): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#leaving.pop(); next !== undefined; next = this.#leaving.pop()) {
      for (const calls of next.openCalls?.splice(0) ?? []) this.#giveUpOpen(calls, reason);
    }
    this.#isBusy = false;
  }

  #giveUpOpen(calls: ReentrantCalls, reason: string): void {
    for (let index = 0; index < calls.children.length; index += 1) {
      const child = calls.children[index];
      if (child === undefined) continue;
      if (!child.isDone) child.removeWaiter(calls, index);
      calls.settle(index, EvaluationResult.ofError(errorTree("CANCELLED", reason, child.payload)));
      if (child.waiters.length === 0) this.#onUnwanted(child);
    }
  }
}
