/** How a batch is described, and the description once it is checked. */
import { enqueueOptions, type WindowOptions } from "@callgrid/client";
import { type AnyFunction, declareOptions, invalidOption, option, parsePool, resolveOptions } from "@callgrid/core";
import type { Checkpoint } from "../chunks/checkpoint.ts";
import { type FunctionName, functionNameOf } from "../chunks/named-function.ts";
import type { SlicedData } from "../data/open-source.ts";
import type { SliceFunction } from "../data/own-slices.ts";
import type { BatchOptionsGiven } from "./batch-options-given.ts";

/** The declared options of a batch; the rest of a {@link BatchSpec} has no text form. */
export const batchOptions = declareOptions({
  name: option.string({
    default: "batch",
    pattern: /^[\w.:-]{1,64}$/,
    expects: "1 to 64 letters, digits and . : _ -",
    description: "What reports and messages call the batch.",
  }),
  objective: option.choice({
    choices: ["fast", "cheap", "good"],
    default: "fast",
    description:
      "Least time (fast), least CPU time and workers (cheap), or within 10 % of fast at the lowest cost (good).",
  }),
  mode: option.choice({
    choices: ["serial", "local", "distributed"],
    optional: true,
    description: "Where to run; default: the planner chooses.",
  }),
  chunkUnits: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    description: "How many slices (of files: bytes) make a chunk; default: the planner chooses.",
  }),
  count: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    env: "CALLGRID_BATCH_COUNT",
    description:
      "About how many slices there are, where the data itself does not say: for the plan, and for hosts to start workers.",
  }),
  window: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: 100_000,
    description: "How many chunks are open at once; default: the planner chooses.",
  }),
  wait: option.boolean({
    optional: true,
    description:
      "Wait for workers if the pool has none; default: only if a host of the pool will start some and the batch can run nowhere else.",
  }),
  cache: enqueueOptions.cache,
  priority: enqueueOptions.priority,
  retries: option.number({
    unit: "count",
    default: 3,
    min: 1,
    max: 100,
    description: "How often a slice is retried if the error policy is retry, with growing pauses.",
  }),
  maxSlices: option.number({
    unit: "count",
    default: 10_000_000,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
    description: "The largest number of slices of data whose length is not known.",
  }),
});

/** Where a batch may run. @public */
export type BatchMode = "serial" | "local" | "distributed";

/** What a plan aims at. @public */
export type Objective = "fast" | "cheap" | "good";

/**
 * A batch: data, a function of each slice, and what happens to the values.
 *
 * @typeParam Value - what the process function returns.
 * @typeParam Result - the result of the batch: the reduced value, or the values in order.
 * @public
 */
export interface BatchSpec<Value = unknown, Result = Value[]> extends BatchOptionsGiven {
  /** The pool to run on; default on an embedded grid: its own. */
  readonly pool?: string | undefined;
  /** What to work on; with `slice` anything that it can cut. */
  readonly data: SlicedData | unknown;
  /** Cuts `data`: returns `[element, rest]`, or undefined when nothing is left. Runs in this process. */
  readonly slice?: SliceFunction | undefined;
  /** A defined function of one slice. */
  readonly process: FunctionName<(slice: never) => Value | Promise<Value>>;
  /**
   * What to do with a slice whose evaluation throws: the batch fails with its error (`fail`, the default), it is left out
   * (`skip`), it is retried and then fails the batch (`retry`), or a defined function of the error's tree and the slice
   * gives its value.
   */
  readonly error?: "fail" | "skip" | "retry" | FunctionName<(error: never, slice: never) => Value | Promise<Value>>;
  /** A defined function of a list of values, or of what it returned for parts of the list: it has to be associative. */
  readonly reduce?: FunctionName<(values: Value[]) => Result | Promise<Result>> | undefined;
  /** The modules of the functions, by path: the planner may then run the batch in threads of this machine. */
  readonly functions?: readonly string[] | undefined;
  /** Whether items have the start and duration of their own slice; costs a little. */
  readonly isTimed?: boolean | undefined;
  /** Stops the batch: what is open is withdrawn, and it fails with `CANCELLED`. */
  readonly signal?: AbortSignal | undefined;
  /** Where to note how far the run is, and what an earlier run of the same batch has noted. */
  readonly checkpoint?: Checkpoint | undefined;
}

/** A batch, checked, with all defaults. Functions are by name; what versions they have is known to the pool. */
export interface CheckedSpec {
  readonly pool: string;
  readonly data: unknown;
  readonly slice: SliceFunction | undefined;
  readonly process: string;
  readonly error: string;
  readonly isErrorFunction: boolean;
  readonly reduce: string | undefined;
  readonly name: string;
  readonly objective: Objective;
  readonly mode: BatchMode | undefined;
  readonly chunkUnits: number | undefined;
  readonly count: number | undefined;
  readonly window: number | undefined;
  readonly wait: boolean | undefined;
  readonly priority: number | undefined;
  readonly retries: number;
  readonly maxSlices: number;
  readonly cache: WindowOptions["cache"];
  readonly functions: readonly string[] | undefined;
  readonly isTimed: boolean;
  readonly signal: AbortSignal | undefined;
  readonly checkpoint: Checkpoint | undefined;
}

/** The parts of a description that are not among {@link batchOptions}. */
const others = [
  ...["pool", "data", "slice", "process", "error", "reduce"],
  ...["functions", "isTimed", "signal", "checkpoint"],
];
const policies: ReadonlySet<unknown> = new Set(["fail", "skip", "retry"]);

/** Throws `INVALID_OPTION` under the option's name. */
export function checkSpec<Value, Result>(spec: BatchSpec<Value, Result>, defaultPool?: string): CheckedSpec {
  if (typeof spec !== "object" || spec === null) throw invalidOption("batch", "takes its description as an object");
  const { pool = defaultPool, data, slice, process, error = "fail", reduce } = spec;
  const { functions, isTimed = false, signal, checkpoint } = spec;
  const options = resolveOptions(batchOptions, spec, "batch", others);
  if (pool === undefined) throw invalidOption("batch.pool", "must be given");
  if (slice !== undefined && typeof slice !== "function") throw invalidOption("batch.slice", "must be a function");
  return {
    ...options,
    ...{ pool: parsePool(pool), data, slice, functions, isTimed, signal, checkpoint },
    process: functionNameOf(process, "batch.process"),
    error: functionNameOf(error as FunctionName<AnyFunction>, "batch.error"),
    isErrorFunction: !policies.has(error),
    reduce: reduce === undefined ? undefined : functionNameOf(reduce, "batch.reduce"),
  };
}
