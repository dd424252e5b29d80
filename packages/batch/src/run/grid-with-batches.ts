/** Gives a grid its method `batch`. */
import type { Grid } from "@callgrid/client";
import type { Logger } from "@callgrid/core";
import type { FunctionName } from "../chunks/named-function.ts";
import type { SliceOf } from "../data/open-source.ts";
import type { SliceFunction } from "../data/own-slices.ts";
import { type BatchSpec, checkSpec } from "../spec/batch-spec.ts";
import { BatchRun } from "./batch-run.ts";
import type { StartLocalGrid } from "./workplaces.ts";

/** A process function that takes what its data is cut into. */
export interface FittingProcess<Data> {
  readonly data: Data;
  readonly process: FunctionName<(slice: SliceOf<Data>) => unknown>;
}

/** What a grid can do besides single calls. */
export interface Batching {
  /**
   * Describes a large piece of work: data, and what is done with each slice of it. The grid cuts it into requests and decides
   * where they run. Nothing happens before something is asked of the run.
   *
   * @throws GridError `INVALID_OPTION` under the option's name, such as `batch.data`.
   * @example
   * ```ts
   * import { connect, range } from "callgrid";
   *
   * const grid = await connect();
   * const run = grid.batch({ pool: "pool", data: range(0, 1_000_000), process: isPrime });
   * console.log((await run.plan()).explain());
   * for await (const { index, outcome } of run) if ("value" in outcome && outcome.value) console.log(index);
   * ```
   */
  batch<Value = unknown, Result = Value[]>(
    spec: BatchSpec<Value, Result> & { readonly slice: SliceFunction },
  ): BatchRun<Value, Result>;
  batch<Value = unknown, Result = Value[], Data = unknown>(
    spec: BatchSpec<Value, Result> & FittingProcess<Data>,
  ): BatchRun<Value, Result>;
}

/** How batches of a grid are run. */
export interface BatchingOptions {
  /** The pool of an embedded grid, whose workers are threads of this process. */
  readonly localPool?: string | undefined;
  /** Starts an embedded grid, for batches on another grid that are better run here. */
  readonly startLocalGrid?: StartLocalGrid | undefined;
  /** Where functions log to that run in the calling thread; default: standard error, as of workers. */
  readonly log?: Logger | undefined;
}

/** The same grid, with batches. */
export function addBatches<G extends Grid>(
  grid: G,
  { localPool, startLocalGrid, log }: BatchingOptions = {},
): G & Batching {
  const batching: Batching = {
    batch: <Value, Result>(spec: BatchSpec<Value, Result>) =>
      new BatchRun<Value, Result>({
        grid,
        spec: checkSpec(spec, localPool),
        isLocal: localPool !== undefined,
        startLocalGrid,
        log,
      }),
  };
  return Object.assign(grid, batching);
}
