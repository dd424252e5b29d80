/**
 * Puts calls into the pool's hands, and waits for their outcomes like any caller. Its asks are in the pool until a worker
 * evaluates them; where that is meant to be this worker, it sees to it that they are on its own queue.
 */
import type { Clock } from "@callgrid/core";
import { noStamp, type Requester } from "@callgrid/statekeeper";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Completer } from "../pool/completer.ts";
import type { OutcomeHandler } from "../pool/outcome-handler.ts";
import type { PoolEvaluations } from "../pool/pool-evaluations.ts";
import type { RequestTracer } from "../telemetry/request-tracer.ts";

/** What a {@link PoolCaller} works with. */
export interface PoolCallerParts {
  readonly worker: string;
  readonly requester: Requester;
  readonly completer: Completer;
  readonly visible: PoolEvaluations;
  readonly clock: Clock;
  readonly tracer: RequestTracer | undefined;
  /** Takes what comes from the pool. */
  readonly outcomeHandler: OutcomeHandler;
  readonly onChange: () => void;
  /** Something goes to the own queue; a claim that is under way may miss it. */
  readonly onOwnWork: () => void;
}

export class PoolCaller {
  readonly #parts: PoolCallerParts;

  constructor(parts: PoolCallerParts) {
    this.#parts = parts;
  }

  /** What this worker still waits for has gone back to the pool. */
  askAgain(evaluation: Evaluation): void {
    evaluation.isCopy = false;
    if (evaluation.ask === undefined) {
      this.ask(evaluation, false);
      return;
    }
    evaluation.become("asked");
    this.#parts.visible.add(evaluation);
  }

  ask(evaluation: Evaluation, toOwnQueue: boolean): void {
    const { requester, completer, visible, worker, clock, tracer, outcomeHandler } = this.#parts;
    const { id, payload, deadlineAt } = evaluation;
    // the pool would take it for the evaluation that has just ended, and not notify this worker
    completer.flushIfWaiting(id);
    const timeoutMs = deadlineAt > 0 ? Math.max(1, Math.ceil(deadlineAt - clock.now())) : 0;
    const trace = tracer?.asked(evaluation);
    const submission = { id, payload, timeoutMs, ...(trace === undefined ? {} : { trace }) };
    evaluation.become("asked");
    evaluation.ask = requester.ask(submission, toOwnQueue ? worker : undefined, (outcome, { stamp = noStamp }) =>
      outcomeHandler.takeOutcome(evaluation, outcome, stamp),
    );
    visible.add(evaluation);
    if (toOwnQueue) this.#parts.onOwnWork();
    else this.#parts.onChange();
  }
}
