/** What the function of a request sees in its context, whatever runs it. */
import { GridError, type Logger } from "@callgrid/core";
import type { EvaluatedSlice, FunctionProgress } from "../evaluation/evaluated-slice.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { RequestContext } from "../evaluation/request-context.ts";
import { settingsOf } from "../evaluation/request-settings.ts";
import { traceIdOf } from "../telemetry/request-log.ts";

/** Where requests are evaluated. */
export interface EvaluationPlace {
  readonly pool: string;
  /** See {@link RequestContext.worker}. */
  readonly worker: string;
  readonly log: Logger;
  noteProgress(evaluation: Evaluation, progress: FunctionProgress): void;
  /** See {@link RequestContext.reads}. */
  noteFile(evaluation: Evaluation, path: string): Promise<void>;
}

/** Inside a chunk, that of the slice it is at; of a job of a sweep, that of the request without the sweep's settings. */
export function describeRequest(evaluation: Evaluation, place: EvaluationPlace): RequestContext {
  const slice = evaluation.currentSlice?.();
  const { functionName } = slice ?? evaluation;
  const { pool, worker } = place;
  return {
    functionName,
    pool,
    worker,
    get requestId() {
      return slice?.requestId ?? evaluation.id;
    },
    get signal() {
      return signalOf(evaluation);
    },
    get log() {
      return place.log.child(logFieldsOf(evaluation, slice));
    },
    get config() {
      return settingsOf(evaluation).config;
    },
    get random() {
      return settingsOf(evaluation, slice).random;
    },
    randomFor: (name) => settingsOf(evaluation, slice).randomFor(name),
    reads: (path) => place.noteFile(evaluation, path),
    progress: (done, total = 100) => place.noteProgress(evaluation, { done, total, slice }),
  };
}

/** By these `callgrid logs merge --request` finds the lines of a request, of a slice, and of all slices of a chunk. */
function logFieldsOf(evaluation: Evaluation, slice: EvaluatedSlice | undefined): Record<string, unknown> {
  const { id, functionName, span } = evaluation;
  const trace = traceIdOf(span);
  if (slice === undefined) return { requestId: id, function: functionName, ...trace };
  const place = slice.kind === "job" ? { job: slice.index } : { slice: slice.index, chunk: id };
  return { requestId: slice.requestId, function: slice.functionName, ...place, ...trace };
}

/** Made on first use: most functions never ask for it. */
function signalOf(evaluation: Evaluation): AbortSignal {
  evaluation.abort ??= new AbortController();
  if (evaluation.state === "done") evaluation.abort.abort(new GridError("CANCELLED", "the request is done already"));
  return evaluation.abort.signal;
}
