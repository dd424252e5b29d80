/**
 * Calls a function of the user's in the context of its request, and interrupts one.
 */
import { callDefinition, type GridError, type JobValue } from "@callgrid/core";
import { treeOfJob, treeOfThrown } from "../errors/error-tree.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import { EvaluatedSlice } from "./evaluated-slice.ts";
import type { Evaluation } from "./evaluation.ts";
import { runInContext } from "./request-context.ts";

/** Runs the function of an evaluation, and hands its result over: at once, or when its promise is settled; not if it is done by then. */
export function runFunction(
  evaluation: Evaluation,
  resultLimitBytes: number,
  settle: (evaluation: Evaluation, result: EvaluationResult) => void,
): void {
  const fail = (thrown: unknown): void => {
    if (!evaluation.isDone) settle(evaluation, failureOf(evaluation, thrown));
  };
  const succeed = (value: unknown): void => {
    if (!evaluation.isDone) settle(evaluation, resultOf(evaluation, value, resultLimitBytes));
  };
  let result: unknown;
  try {
    result = invoke(evaluation);
    // in here as well: a promise may be a proxy, or have a `then` of its own that throws
    if (result instanceof Promise) {
      result.then(succeed, fail);
      return;
    }
  } catch (thrown) {
    fail(thrown);
    return;
  }
  succeed(result);
}

function resultOf(evaluation: Evaluation, value: unknown, limitBytes: number): EvaluationResult {
  try {
    return EvaluationResult.ofValue(value, limitBytes);
  } catch (thrown) {
    return failureOf(evaluation, thrown);
  }
}

function failureOf(evaluation: Evaluation, thrown: unknown): EvaluationResult {
  const { payload, settings, host } = evaluation;
  if (settings?.job === undefined) return EvaluationResult.ofError(treeOfThrown(thrown, payload));
  return EvaluationResult.ofError(treeOfJob(thrown, payload, host.describe(evaluation).worker));
}

/** Whatever can be awaited comes back as a promise, everything else as it is. */
function invoke(evaluation: Evaluation): unknown {
  const { span } = evaluation;
  if (span === undefined) return runInContext(evaluation, evaluate);
  return span.around(() => runInContext(evaluation, evaluate));
}

/** Aborts the signal of an evaluation; its listeners run in the context of the request. */
export function interrupt(evaluation: Evaluation, reason: GridError): void {
  const { abort } = evaluation;
  if (abort !== undefined) runInContext(evaluation, () => abort.abort(reason));
}

function evaluate(evaluation: Evaluation): unknown {
  const args = evaluation.primitiveArguments ?? evaluation.readArguments();
  const job = evaluation.settings?.job;
  const result = job === undefined ? call(evaluation, args) : callJob(evaluation, args, job);
  // in here, since a query builder and the like begin their work when they are awaited
  return result instanceof Promise || !isThenable(result) ? result : Promise.resolve(result);
}

function call({ definition }: Evaluation, args: readonly unknown[]): unknown {
  return definition === undefined ? undefined : callDefinition(definition, args);
}

/** With the times of the call, which are those of the function alone, and not of its way through the grid. */
function callJob(evaluation: Evaluation, args: readonly unknown[], job: number): JobValue | Promise<JobValue> {
  const slice = new EvaluatedSlice(job, evaluation.functionName, () => evaluation.readArguments(), "job");
  evaluation.currentSlice = () => slice;
  const startedMs = Date.now();
  const started = performance.now();
  const { worker } = evaluation.host.describe(evaluation);
  const report = (value: unknown): JobValue => ({ value, startedMs, tookMs: performance.now() - started, worker });
  const result = call(evaluation, args);
  return isThenable(result) ? Promise.resolve(result).then(report) : report(result);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
