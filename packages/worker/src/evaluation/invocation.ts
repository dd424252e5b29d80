/**
 * Calls a function of the user's in the context of its request, and interrupts one.
 */
import type { GridError } from "@callgrid/core";
import type { Evaluation } from "./evaluation.ts";
import { runInContext } from "./request-context.ts";

/** Runs the function of an evaluation. Whatever can be awaited comes back as a promise, everything else as it is. */
export function invoke(evaluation: Evaluation): unknown {
  const { span } = evaluation;
  if (span === undefined) return runInContext(evaluation, evaluate);
  return span.around(() => runInContext(evaluation, evaluate));
}

/** Aborts the signal of an evaluation; whoever listens to it does so in the context of the request. */
export function interrupt(evaluation: Evaluation, reason: GridError): void {
  const { abort } = evaluation;
  if (abort !== undefined) runInContext(evaluation, () => abort.abort(reason));
}

function evaluate(evaluation: Evaluation): unknown {
  const args = evaluation.primitiveArguments ?? evaluation.readArguments();
  const result = evaluation.definition?.evaluate(...(args as never[]));
  // in here, since a query builder and the like begin their work when somebody awaits them
  return result instanceof Promise || !isThenable(result) ? result : Promise.resolve(result);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
