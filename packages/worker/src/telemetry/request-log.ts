/**
 * One line at level `debug` for each step of a request that the pool asked this worker for: claimed, started, suspended, resumed,
 * evaluated. All have the request id, by which `callgrid logs merge --request` finds them with what the function itself logged.
 */

import type { Logger } from "@callgrid/core";
import type { Claim } from "@callgrid/statekeeper";
import type { Evaluation } from "../evaluation/evaluation.ts";

export class RequestLog {
  readonly #log: Logger;

  private constructor(log: Logger) {
    this.#log = log;
  }

  /** Undefined where the log's level leaves these lines out, so that nothing is done for them. */
  static of(log: Logger): RequestLog | undefined {
    return log.isLevelEnabled("debug") ? new RequestLog(log) : undefined;
  }

  claimed(claims: readonly Claim[]): void {
    for (const { id, losses } of claims) this.#log.debug({ requestId: id, losses }, "request claimed");
  }

  started(evaluation: Evaluation): void {
    this.#tell(evaluation, "request started");
  }

  /** It has begun to wait for its calls, or goes on. */
  turned(evaluation: Evaluation): void {
    this.#tell(evaluation, evaluation.state === "suspended" ? "request suspended" : "request resumed");
  }

  settled({ id, functionName, settled, span }: Evaluation, ms: number): void {
    const facts = { requestId: id, function: functionName, ...traceIdOf(span), ms: Math.round(ms * 1_000) / 1_000 };
    const code = settled?.tree?.code;
    this.#log.debug(code === undefined ? facts : { ...facts, code }, "request evaluated");
  }

  #tell({ id, functionName, span }: Evaluation, message: string): void {
    this.#log.debug({ requestId: id, function: functionName, ...traceIdOf(span) }, message);
  }
}

/** The field that a log line of a traced request has. */
export function traceIdOf(span: Evaluation["span"]): { readonly traceId?: string } {
  return span === undefined ? {} : { traceId: span.traceId };
}
