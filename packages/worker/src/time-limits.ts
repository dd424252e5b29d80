/**
 * Ends evaluations whose time is up: the function's own timeout for good; the deadline of those who wait only after a look
 * whether somebody more patient has joined meanwhile. Code that never yields is ended by the heartbeat thread instead.
 */
import type { Clock } from "@callgrid/core";
import type { PoolKeeper } from "@callgrid/statekeeper";
import type { Evaluation } from "./evaluation.ts";
import { errorTree } from "./evaluator.ts";
import type { Watch } from "./heartbeat.ts";
import { Settled } from "./settled.ts";

export class TimeLimits {
  readonly #clock: Clock;
  readonly #keeper: PoolKeeper;
  readonly #settle: (evaluation: Evaluation, settled: Settled) => void;
  #isStopped = false;

  constructor(parts: { clock: Clock; keeper: PoolKeeper; settle: (evaluation: Evaluation, settled: Settled) => void }) {
    this.#clock = parts.clock;
    this.#keeper = parts.keeper;
    this.#settle = parts.settle;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Starts the clocks of an evaluation that begins. */
  note(evaluation: Evaluation): void {
    const timeoutMs = evaluation.definition?.timeoutMs ?? 0;
    if (timeoutMs > 0) {
      evaluation.addTimer(this.#clock.after(timeoutMs, () => this.#expire(evaluation, `it ran longer than its ${timeoutMs} ms`)));
    }
    this.#armDeadline(evaluation);
  }

  /** What the heartbeat watches over: the sooner of both limits. */
  watchOf(evaluation: Evaluation): Watch | undefined {
    const timeoutMs = evaluation.definition?.timeoutMs ?? 0;
    const leftMs = evaluation.deadlineAt > 0 ? evaluation.deadlineAt - this.#clock.now() : 0;
    const limits = [timeoutMs, leftMs].filter((ms) => ms > 0);
    if (limits.length === 0) return undefined;
    const { id, payload, functionName } = evaluation;
    const limitMs = Math.ceil(Math.min(...limits));
    return { id, payload, functionName, withinMs: limitMs, limitMs };
  }

  #armDeadline(evaluation: Evaluation): void {
    if (evaluation.deadlineAt === 0) return;
    const leftMs = Math.max(0, evaluation.deadlineAt - this.#clock.now());
    evaluation.addTimer(this.#clock.after(leftMs, () => void this.#meetDeadline(evaluation)));
  }

  async #meetDeadline(evaluation: Evaluation): Promise<void> {
    if (evaluation.state === "done" || evaluation.deadlineAt === 0 || this.#isStopped) return;
    if (evaluation.deadlineAt > this.#clock.now() + 1) return this.#armDeadline(evaluation);
    if (evaluation.isOwned) {
      const known = await this.#keeper.inspectRequest(evaluation.id).catch(() => undefined);
      if (known !== undefined && known.timeoutMs !== 1) {
        evaluation.deadlineAt = known.timeoutMs === 0 ? 0 : this.#clock.now() + known.timeoutMs;
        return this.#armDeadline(evaluation);
      }
    }
    this.#expire(evaluation, "its time was up");
  }

  #expire(evaluation: Evaluation, reason: string): void {
    if (evaluation.state === "done" || this.#isStopped) return;
    this.#settle(evaluation, Settled.ofError(errorTree("TIMEOUT", reason, evaluation.payload)));
  }
}
