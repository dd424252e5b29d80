/**
 * Notifies the parts of the worker of what becomes of its evaluations. It finds them when something happens: they are made with the
 * evaluator that reports to this.
 */
import type { Sharer } from "../calls/sharer.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { EvaluatorEvents } from "../evaluation/evaluator.ts";
import type { TimeLimits } from "../evaluation/time-limits.ts";
import type { Drain } from "../pool/drain.ts";
import type { OutcomeHandler } from "../pool/outcome-handler.ts";
import type { SuspensionReporter } from "../pool/suspension-reporter.ts";
import type { RequestLog } from "../telemetry/request-log.ts";
import type { RequestTracer } from "../telemetry/request-tracer.ts";
import type { Exchange } from "./exchange.ts";

/** What {@link EvaluationEvents} go to. */
export interface EvaluationListeners {
  readonly requestLog: RequestLog | undefined;
  readonly tracer: RequestTracer | undefined;
  readonly outcomeHandler: OutcomeHandler;
  readonly marker: SuspensionReporter;
  readonly limits: TimeLimits;
  readonly sharer: Sharer;
  readonly drain: Drain;
  readonly exchange: Exchange;
}

export class EvaluationEvents implements EvaluatorEvents {
  readonly #to: EvaluationListeners;

  constructor(to: EvaluationListeners) {
    this.#to = to;
  }

  onStart(evaluation: Evaluation): void {
    const { tracer, requestLog, limits } = this.#to;
    tracer?.started(evaluation);
    if (evaluation.isOwned || evaluation.isCopy) requestLog?.started(evaluation);
    if (evaluation.hasLimit) limits.note(evaluation);
  }

  onSuspension(evaluation: Evaluation): void {
    const { tracer, requestLog, marker, drain } = this.#to;
    tracer?.turned(evaluation);
    if (evaluation.isOwned) {
      marker.note(evaluation);
      requestLog?.turned(evaluation);
    }
    if (evaluation.state === "suspended") drain.noteSuspension();
  }

  onSettled(evaluation: Evaluation, now: number): void {
    const { tracer, requestLog, outcomeHandler } = this.#to;
    if (requestLog !== undefined && (evaluation.isOwned || evaluation.isCopy) && evaluation.stamp !== "")
      requestLog.settled(evaluation, now - evaluation.startedAt);
    tracer?.settled(evaluation);
    outcomeHandler.note(evaluation, now);
  }

  onCancelled(child: Evaluation): void {
    // what runs may finish, and nothing else is left of a drain: the worker that evaluates the callers again wants it cached
    if (!this.#to.drain.isUnderWay) this.#to.outcomeHandler.dropUnwanted(child);
  }

  onChange(): void {
    this.#to.exchange.schedule();
  }

  onSliceEnd(): void {
    this.#to.sharer.share();
  }

  onFull(): void {
    this.#to.sharer.shareIfStuck();
  }
}
