/**
 * Ends evaluations that run longer than their function may. A deadline ends nothing here: when it is over, those who set it
 * leave by themselves, and what nobody waits for any more is cancelled. Whoever joined meanwhile and has more patience, be it
 * for the evaluation or for one that called it, must not be told that time was up. Code that never yields hears of neither
 * limit, and is ended by the heartbeat thread.
 */
import type { Clock } from "@callgrid/core";
import type { Evaluation } from "./evaluation.ts";
import { errorTree } from "./evaluator.ts";
import type { Watch } from "./heartbeat.ts";
import { Settled } from "./settled.ts";

export class TimeLimits {
  readonly #clock: Clock;
  readonly #settle: (evaluation: Evaluation, settled: Settled) => void;
  #isStopped = false;

  constructor(parts: { clock: Clock; settle: (evaluation: Evaluation, settled: Settled) => void }) {
    this.#clock = parts.clock;
    this.#settle = parts.settle;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Starts the clock of an evaluation that begins; `onDeadline` is called when its deadline is over. */
  note(evaluation: Evaluation, onDeadline: () => void): void {
    const timeoutMs = evaluation.definition?.timeoutMs ?? 0;
    if (timeoutMs > 0) {
      const reason = `it ran longer than its ${timeoutMs} ms`;
      evaluation.addTimer(this.#clock.after(timeoutMs, () => this.#expire(evaluation, reason)));
    }
    if (evaluation.deadlineAt > 0) evaluation.addTimer(this.#clock.after(this.#deadlineLeftMs(evaluation), onDeadline));
  }

  /** What the heartbeat watches over: the sooner of the limits that are not over. */
  watchOf(evaluation: Evaluation): Watch | undefined {
    const timeoutMs = evaluation.definition?.timeoutMs ?? 0;
    const deadlineMs = this.#deadlineLeftMs(evaluation);
    const timeoutLeftMs = timeoutMs > 0 ? evaluation.startedAt + timeoutMs - this.#clock.now() : 0;
    const limits = [timeoutLeftMs, deadlineMs].filter((ms) => ms > 0);
    if (limits.length === 0) return undefined;
    const { id, payload, functionName } = evaluation;
    const limitMs = Math.ceil(Math.min(...limits));
    return { id, payload, functionName, withinMs: limitMs, limitMs };
  }

  #deadlineLeftMs(evaluation: Evaluation): number {
    return evaluation.deadlineAt > 0 ? Math.max(0, evaluation.deadlineAt - this.#clock.now()) : 0;
  }

  #expire(evaluation: Evaluation, reason: string): void {
    if (evaluation.state === "done" || this.#isStopped) return;
    this.#settle(evaluation, Settled.ofError(errorTree("TIMEOUT", reason, evaluation.payload)));
  }
}
