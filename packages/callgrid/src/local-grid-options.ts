/** The options of the embedded grid, declared once. */
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import type { Writable } from "node:stream";
import { declareOptions, invalidOption, type OptionsResolved, option, resolveOptions } from "@callgrid/core";
import {
  areModules,
  checkSources,
  everyFolder,
  expandSources,
  type FunctionSources,
  type StartWorkerOptions,
  workerOptions,
} from "@callgrid/worker";
import type { LocalGridOptionsGiven } from "./local-grid-options-given.ts";

export const localGridOptions = declareOptions({
  pool: option.string({
    default: "pool",
    pattern: /^[A-Za-z0-9_][\w.:-]{0,127}$/,
    expects: "a pool's id: a letter, a digit or _, then up to 127 letters, digits and . : _ -",
    description: "The pool that the workers work for.",
  }),
  workers: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: 1_000,
    description: "How many worker threads to run; default: one for each CPU that this process may use.",
  }),
  slots: workerOptions.slots,
  sharing: workerOptions.sharing,
  tags: workerOptions.tags,
  score: workerOptions.score,
  memoryMb: workerOptions.memoryMb,
  dataFolder: option.list({
    holds: "files",
    default: [...everyFolder],
    description: "Folders whose files requests, and batches of this process, may name; default: all that it may read.",
  }),
  drainTimeoutMs: option.number({
    unit: "ms",
    default: 1_000,
    min: 0,
    max: 86_400_000,
    description: "How long close() waits for running functions whose callers have left.",
  }),
  maxAttempts: workerOptions.maxAttempts,
  workerHeapBytes: option.number({
    unit: "bytes",
    optional: true,
    min: 8 * 1_048_576,
    max: 1_099_511_627_776,
    description:
      "The heap limit of a worker thread; a thread that reaches it is ended and replaced; default: Node's limit.",
  }),
});

/** The log of workers and distributors: pino's. */
export type WorkerLog = NonNullable<StartWorkerOptions["log"]>;

/** What {@link localGrid} takes. @public */
export interface LocalGridOptions extends LocalGridOptionsGiven {
  /**
   * The functions to evaluate. Modules by path (relative to the working folder), pattern (`src/*.functions.ts`) or URL, in TypeScript or
   * JavaScript, are loaded in worker threads. What `define` returned, or an imported module (`import * as functions`), cannot be
   * sent to a thread: one worker then runs it in this very thread, which suits tests and functions that wait more than
   * they compute.
   */
  readonly functions: FunctionSources;
  /** A logger of pino's, for warnings; default: on standard error at level `warn`, or at `CALLGRID_LOG_LEVEL`. */
  readonly log?: WorkerLog | undefined;
  /** Where what worker threads log and print goes; default: standard error. */
  readonly output?: Writable | undefined;
}

/**
 * All options, checked; `modules` are absolute paths or file URLs, undefined where the functions are in this thread.
 */
export type LocalGridSettings = OptionsResolved<typeof localGridOptions> & {
  readonly workers: number;
  readonly functions: FunctionSources;
  readonly modules: readonly string[] | undefined;
};

/** Throws `INVALID_OPTION` under the option's name, and `INVALID_MODULE` for a pattern that matches no module. */
export async function resolveLocalGridOptions(given: LocalGridOptions | undefined): Promise<LocalGridSettings> {
  const { dataFolder, ...others } = resolveOptions(localGridOptions, given, "localGrid", [
    "functions",
    "log",
    "output",
  ]);
  // as with modules: a thread that is replaced later may find another working folder
  const options = { ...others, dataFolder: dataFolder.map((folder) => resolve(folder)) };
  const functions = given?.functions;
  if (functions === undefined)
    throw invalidOption("localGrid.functions", "must be given: modules by path, or what define returned");
  checkSources(functions, "localGrid.functions");
  if (areModules(functions)) {
    return {
      ...options,
      functions,
      modules: await modulePaths(functions),
      workers: options.workers ?? availableParallelism(),
    };
  }
  if ((options.workers ?? 1) === 1) return { ...options, functions, modules: undefined, workers: 1 };
  throw invalidOption(
    "localGrid.workers",
    "must be 1, or left out, for functions that are at hand in this thread; " +
      "to run them in several, give the path of their module",
  );
}

/** Resolved here and now: a thread that is replaced later may find another working folder. */
async function modulePaths(functions: FunctionSources): Promise<string[]> {
  const sources = await expandSources(functions);
  return sources.map((source) => (source instanceof URL ? source.href : String(source)));
}
