/**
 * What a function sees of the grid while it runs: the ambient context of its request, and the calls it can make from there.
 * The context follows the function through its awaits (AsyncLocalStorage) and never leaks into what runs in between.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  type CheckedAll,
  type Config,
  type Definition,
  declareOptions,
  GridError,
  type Logger,
  type Outcome,
  type OutcomeText,
  option,
  type Random,
  type Request,
  resolveOptions,
  type ValuesOf,
} from "@callgrid/core";
import type { EvaluatedSlice } from "./evaluated-slice.ts";
import type { Evaluation } from "./evaluation.ts";
import type { ReentrantStreamOptions } from "./stream-options-given.ts";

/** The ambient facts of the request that is being evaluated. @public */
export interface RequestContext {
  readonly requestId: string;
  readonly functionName: string;
  readonly pool: string;
  /** The worker's id, as `enqueue` takes it: `pool/…`. */
  readonly worker: string;
  /** Aborted when no caller waits for the outcome any more, or at the time limit; pass it to anything that can be interrupted. */
  readonly signal: AbortSignal;
  /** Writes to the worker's log with the request's id. */
  readonly log: Logger;
  /** The configuration that the request came with, as a sweep gives it to its jobs; empty where it came with none. */
  readonly config: Config;
  /** Random numbers that depend on the seed alone: every job of a sweep draws the same ones. */
  readonly random: Random;
  /** Random numbers that depend on the seed, the request and a name of your choice, such as `job`: every job draws others. */
  randomFor(name: string): Random;
  /**
   * Makes the content of a file part of what the value depends on: call it before you read the file. A kept value is used as long as the file has
   * the same content, where the process that asks can see it. Rejects as `stat` of `node:fs` does.
   */
  reads(path: string): Promise<void>;
  /**
   * Reports how far the evaluation is, of `total` (default 100); shown by `why` and `status`, and of slices by the progress of their batch.
   * At most a few times a second are passed on.
   */
  progress(done: number, total?: number): void;
}

/** Serves the functions of one worker while they run. */
export interface RequestHost {
  callReentrant(caller: Evaluation, requests: readonly unknown[]): Promise<unknown[]>;
  streamReentrant(
    caller: Evaluation,
    requests: readonly unknown[],
    isOrdered: boolean,
  ): AsyncGenerator<{ index: number; outcome: Outcome }>;
  describe(evaluation: Evaluation): RequestContext;
  /**
   * The function as this worker has it, if that is the pool's current version and the worker has what it needs. The evaluation is going to run
   * it by itself, so that it is part of the code that makes the outcome.
   */
  currentDefinition(evaluation: Evaluation, name: string): Definition | undefined;
  /** See {@link keptValues}; undefined where nothing is kept. */
  keptValues(evaluation: Evaluation, definition: Definition): KeptValuesOfFunction | undefined;
}

/** The values of requests of one function that the pool keeps, by request id, as text. */
export interface KeptValuesOfFunction {
  /** Those that can be used. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, OutcomeText>>;
  keep(id: string, outcome: OutcomeText): void;
}

/** The declared options of {@link streamReentrant}. */
export const reentrantStreamOptions = declareOptions({
  order: option.choice({
    choices: ["outcomes", "requests"],
    default: "outcomes",
    description: "Yield outcomes as they come (outcomes), or in the order of the requests (requests).",
  }),
});

const storageKey = Symbol.for("callgrid.request-context");

/** One storage a process, even where callgrid is installed twice. */
function requestStorage(): AsyncLocalStorage<Evaluation> {
  const holder = globalThis as Record<symbol, AsyncLocalStorage<Evaluation> | undefined>;
  holder[storageKey] ??= new AsyncLocalStorage<Evaluation>();
  return holder[storageKey];
}

const storage = requestStorage();

/** Runs a function in the context of its request. */
export function runInContext<V>(evaluation: Evaluation, run: (evaluation: Evaluation) => V): V {
  return storage.run(evaluation, run, evaluation);
}

/**
 * Calls other functions through the grid from inside a function, and waits for all of them. The caller gives up its slot
 * meanwhile, so nested calls cannot starve. Equal requests are evaluated once.
 *
 * @returns the values in order: a tuple for a literal list, typed where references are used.
 * @throws RequestError when any of them fails, after all have finished; its `info` lists each failed request.
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs; `INVALID_REQUEST`, `INVALID_VALUE`.
 * @example
 * ```ts
 * import { callReentrant, define } from "callgrid";
 * const divide = define("divide", (x: number, y: number) => x / y);
 * export const ratio = define("ratio", async (i: number) => {
 *   const [q] = await callReentrant([[divide, i, i - 1]]);
 *   return q;
 * });
 * ```
 * @public
 */
export function callReentrant<const R extends readonly Request[]>(requests: R & CheckedAll<R>): Promise<ValuesOf<R>> {
  const evaluation = storage.getStore();
  if (evaluation === undefined) return Promise.reject(notInARequest("callReentrant"));
  return evaluation.host.callReentrant(evaluation, requests) as Promise<ValuesOf<R>>;
}

/**
 * Like {@link callReentrant}, but yields each outcome as it comes, failed ones too, or with `order: "requests"` in the order of the
 * requests. Leaving the loop early gives up the rest.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs; `INVALID_REQUEST`, `INVALID_VALUE`, `INVALID_OPTION`.
 * @public
 */
export function streamReentrant<const R extends readonly Request[]>(
  requests: R & CheckedAll<R>,
  options?: ReentrantStreamOptions,
): AsyncGenerator<{ index: number; outcome: Outcome<ValuesOf<R>[number]> }> {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("streamReentrant");
  const { order } = resolveOptions(reentrantStreamOptions, options, "streamReentrant");
  return evaluation.host.streamReentrant(evaluation, requests, order === "requests") as AsyncGenerator<{
    index: number;
    outcome: Outcome<ValuesOf<R>[number]>;
  }>;
}

/**
 * The context of the request being evaluated.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs.
 * @public
 */
export function context(): RequestContext {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("context");
  return evaluation.host.describe(evaluation);
}

/**
 * For functions of the grid itself: the value of the request being evaluated is kept for at most so long, in ms; 0: not at all.
 * Of several limits the shortest counts.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs.
 */
export function limitTtl(ttlMs: number): void {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("limitTtl");
  evaluation.ttlLimitMs = Math.min(ttlMs, evaluation.ttlMs);
}

/**
 * For functions of the grid itself: what the request being evaluated calls are slices. `current` returns the one it is at, whose context
 * is that of the request the slice would be by itself.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs.
 */
export function describeSlices(current: () => EvaluatedSlice | undefined): void {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("describeSlices");
  evaluation.currentSlice = current;
}

/**
 * For functions of the grid itself: a function as the worker of the request being evaluated has it, if that is the pool's current version.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs.
 */
export function currentDefinition(name: string): Definition | undefined {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("currentDefinition");
  return evaluation.host.currentDefinition(evaluation, name);
}

/**
 * For functions of the grid itself: the values that the pool keeps of requests which the request being evaluated evaluates by itself.
 * Undefined where the function or the request has nothing kept.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs.
 */
export function keptValues(definition: Definition): KeptValuesOfFunction | undefined {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("keptValues");
  return evaluation.host.keptValues(evaluation, definition);
}

/**
 * For functions of the grid itself: the arguments of the request being evaluated once more, as they came. What was made of them
 * before may have been changed.
 *
 * @throws GridError `NOT_IN_A_REQUEST` outside of a function that the grid runs.
 */
export function readArgumentsAgain(): unknown[] {
  const evaluation = storage.getStore();
  if (evaluation === undefined) throw notInARequest("readArgumentsAgain");
  return evaluation.readArguments();
}

function notInARequest(name: string): GridError {
  return new GridError(
    "NOT_IN_A_REQUEST",
    `${name}() works inside a function that the grid runs; to try a function that uses it, enqueue it on a localGrid()`,
  );
}
