/**
 * Serves running functions: `callReentrant`, `streamReentrant` and `context` end up here.
 */
import { type Definition, GridError, type Logger, type Outcome, withSettings } from "@callgrid/core";
import type { EncodedCall, Evaluation } from "../evaluation/evaluation.ts";
import type { Evaluator } from "../evaluation/evaluator.ts";
import type { KeptValuesOfFunction, RequestContext, RequestHost } from "../evaluation/request-context.ts";
import type { SuspensionReporter } from "../pool/suspension-reporter.ts";
import { AwaitedCalls } from "./awaited-calls.ts";
import type { CallMaker } from "./call-maker.ts";
import type { KeptValues } from "./kept-values.ts";
import { describeRequest, type EvaluationPlace } from "./request-description.ts";
import { StreamedCalls } from "./streamed-calls.ts";

/** How many calls of one `streamReentrant` are under way at a time. */
const streamWindow = 1_000;

export class FunctionHost implements RequestHost {
  readonly #evaluator: Evaluator;
  readonly #calls: CallMaker;
  readonly #place: EvaluationPlace;
  readonly #kept: KeptValues;

  constructor(parts: {
    evaluator: Evaluator;
    calls: CallMaker;
    marker: SuspensionReporter;
    pool: string;
    workerId: string;
    log: Logger;
    kept: KeptValues;
  }) {
    this.#evaluator = parts.evaluator;
    this.#calls = parts.calls;
    const { marker, pool, workerId, log } = parts;
    this.#kept = parts.kept;
    this.#place = {
      ...{ pool, log },
      worker: `${pool}/${workerId}`,
      noteProgress: (evaluation, progress) => marker.noteProgress(evaluation, progress),
      noteFile: (evaluation, path) => parts.calls.noteFile(evaluation, path),
    };
  }

  callReentrant(caller: Evaluation, requests: readonly unknown[]): Promise<unknown[]> {
    let encoded: readonly EncodedCall[] = [];
    try {
      refuseIfDone(caller);
      encoded = encodeAll(this.#calls, caller, requests);
    } catch (error) {
      const refused = new AwaitedCalls(caller, 0, this.#evaluator);
      refused.fail(error);
      return refused.promise;
    }
    const calls = new AwaitedCalls(caller, encoded.length, this.#evaluator);
    const now = this.#evaluator.loop.slice.now();
    // last first: the own queue gives the youngest, and the first call should come first
    for (let index = encoded.length - 1; index >= 0; index -= 1) {
      const call = encoded[index];
      if (call !== undefined) this.#calls.place(call, { calls, index, host: this, now });
    }
    calls.wait();
    return calls.promise;
  }

  async *streamReentrant(
    caller: Evaluation,
    requests: readonly unknown[],
    isOrdered: boolean,
  ): AsyncGenerator<{ index: number; outcome: Outcome }> {
    refuseIfDone(caller);
    const encoded: Array<EncodedCall | undefined> = encodeAll(this.#calls, caller, requests);
    const calls = new StreamedCalls(caller, encoded.length, { evaluator: this.#evaluator, isOrdered });
    let placed = 0;
    try {
      for (let yielded = 0; yielded < encoded.length; yielded += 1) {
        const now = this.#evaluator.loop.slice.now();
        for (; placed < Math.min(encoded.length, yielded + streamWindow); placed += 1) {
          const call = encoded[placed];
          encoded[placed] = undefined;
          if (call !== undefined) this.#calls.place(call, { calls, index: placed, host: this, now });
        }
        caller.addOpenCalls(calls);
        if (!calls.hasNext || this.#evaluator.loop.slice.isOverForAnswered()) await calls.wait();
        const index = calls.takeNext();
        yield { index, outcome: calls.takeOutcome(index) };
        refuseIfDone(caller);
      }
    } finally {
      caller.removeOpenCalls(calls);
      if (calls.remaining > 0) this.#evaluator.cancelCalls(calls, "the loop over its outcomes was left");
    }
  }

  describe(evaluation: Evaluation): RequestContext {
    return describeRequest(evaluation, this.#place);
  }

  currentDefinition(evaluation: Evaluation, name: string): Definition | undefined {
    return this.#calls.currentDefinition(evaluation, name);
  }

  keptValues(evaluation: Evaluation, definition: Definition): KeptValuesOfFunction | undefined {
    if (definition.cacheTtlMs === 0 || evaluation.mode === "bypass") return undefined;
    return {
      find: (ids) => this.#kept.find(evaluation, definition, ids),
      keep: (id, outcome) => this.#kept.keep(evaluation, definition, { id, outcome }),
    };
  }
}

/** What a function calls sees the settings that the function itself sees. */
function encodeAll(calls: CallMaker, { settings }: Evaluation, requests: readonly unknown[]): EncodedCall[] {
  if (!Array.isArray(requests)) {
    throw new GridError("INVALID_REQUEST", "expected a list of requests: callReentrant([[f, 1], [g, 2]])");
  }
  // unlike map, it meets the holes of a list as well: they are no requests
  // what jobs call may be shared between them, and is not a job itself
  const inherited = settings && { config: settings.config, seed: settings.seed };
  return Array.from(requests as readonly unknown[], (request, index) => {
    const isList = inherited !== undefined && Array.isArray(request) && request.length > 0;
    const whole = isList ? withSettings(request as [unknown, ...unknown[]], inherited) : request;
    return encodeOne(calls, whole, index);
  });
}

function encodeOne(calls: CallMaker, request: unknown, index: number): EncodedCall {
  try {
    return calls.encode(request);
  } catch (error) {
    if (!(error instanceof GridError)) throw error;
    throw new GridError(error.code, `requests[${index}]: ${error.message}`, {
      details: { ...error.details, index },
      cause: error,
    });
  }
}

function refuseIfDone(caller: Evaluation): void {
  if (caller.state !== "done") return;
  throw new GridError("CANCELLED", "the request that makes this call is done or cancelled already");
}
