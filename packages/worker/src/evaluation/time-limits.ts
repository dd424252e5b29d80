/**
 * Ends evaluations that run longer than their function may. A deadline ends nothing here: when it is over, those who set it
 * leave by themselves, and evaluations without waiting callers are cancelled. A caller that joined meanwhile and has a later limit, be it
 * for the evaluation or for one that called it, must not get a timeout. Code that never yields notices neither
 * limit, and is ended by the heartbeat thread.
 */
import type { Clock } from "@callgrid/core";
import { errorTree } from "../errors/error-tree.ts";
import type { Heartbeat, Watch } from "../heartbeat/heartbeat.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import type { Evaluation } from "./evaluation.ts";
import type { Evaluator } from "./evaluator.ts";

export class TimeLimits {
  readonly #clock: Clock;
  readonly #heartbeat: Heartbeat;
  readonly #evaluator: Evaluator;
  #isStopped = false;

  constructor(parts: {
    clock: Clock;
    heartbeat: Heartbeat;
    evaluator: Evaluator;
  }) {
    this.#clock = parts.clock;
    this.#heartbeat = parts.heartbeat;
    this.#evaluator = parts.evaluator;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Starts the clocks of an evaluation that begins. */
  note(evaluation: Evaluation): void {
    const timeoutMs = evaluation.definition?.timeoutMs ?? 0;
    if (timeoutMs > 0) {
      evaluation.addTimer(this.#clock.after(timeoutMs, () => this.#expire(evaluation, timeoutMs)));
      this.#watch(evaluation, "timeout", timeoutMs);
    }
    if (!evaluation.isOwned || evaluation.deadlineAt === 0) return;
    const deadlineInMs = Math.max(0, Math.ceil(evaluation.deadlineAt - this.#clock.now()));
    this.#watch(evaluation, "deadline", deadlineInMs);
    // a function that notices it does yield
    evaluation.addTimer(this.#clock.background(deadlineInMs, () => this.#heartbeat.unwatch(evaluation.id, "deadline")));
  }

  /** The end of a request that the pool does not know cannot be reported. */
  #watch(evaluation: Evaluation, kind: Watch["kind"], withinMs: number): void {
    if (!evaluation.isOwned) return;
    const { id, payload } = evaluation;
    this.#heartbeat.watch({ id, kind, payload, withinMs });
    evaluation.addTimer(() => this.#heartbeat.unwatch(id, kind));
  }

  #expire(evaluation: Evaluation, timeoutMs: number): void {
    if (evaluation.isDone || this.#isStopped) return;
    const reason = `it ran longer than its ${timeoutMs} ms`;
    this.#evaluator.settleExternally(
      evaluation,
      EvaluationResult.ofError(errorTree("TIMEOUT", reason, evaluation.payload)),
    );
  }
}
