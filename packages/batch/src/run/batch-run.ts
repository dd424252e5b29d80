/**
 * One run of a batch: surveys the workplaces, runs the pilot, plans, and carries the plan out. It begins at the first call of a
 * method. Its results can be consumed once: as a whole by `result`, or item by item.
 */
import type { Grid } from "@callgrid/client";
import { GridError, invalidOption, isGridError, type Logger } from "@callgrid/core";
import { ChunkSupply } from "../chunks/chunk-source.ts";
import { chunkFailed, isFatal, sliceFailed } from "../chunks/failed-chunk.ts";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import { OrderedChunks } from "../chunks/ordered-chunks.ts";
import { ReduceTree } from "../chunks/reduce-tree.ts";
import type { Chunk } from "../data/chunk.ts";
import { openSource } from "../data/open-source.ts";
import type { Plan } from "../planning/plan.ts";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import type { WorkUnderWay } from "../workplaces/workplace.ts";
import { type BatchItem, itemsOf } from "./batch-items.ts";
import { PlanExecution } from "./plan-execution.ts";
import { Preparation } from "./preparation.ts";
import { type BatchProgress, ProgressCounter } from "./progress.ts";
import { type StartLocalGrid, Workplaces } from "./workplaces.ts";

/** What a {@link BatchRun} works with. */
export interface BatchRunParts {
  readonly grid: Grid;
  readonly spec: CheckedSpec;
  /** Whether the grid itself is one of threads in this process. */
  readonly isLocal: boolean;
  readonly startLocalGrid: StartLocalGrid | undefined;
  /** See {@link BatchingOptions}. */
  readonly log: Logger | undefined;
}

// How many windows of chunks may be finished and held because an earlier one is slow.
const windowsAhead = 4;
const lookEveryMs = 1_000;
const nothing: WorkUnderWay = { inFlight: {}, slices: [] };

/** A batch that begins at the first call of a method. Its results can be consumed once: by `result`, or item by item. @public */
export class BatchRun<Value, Result> implements AsyncIterable<BatchItem<Value>> {
  readonly #spec: CheckedSpec;
  readonly #grid: Grid;
  readonly #supply: ChunkSupply;
  readonly #progress: ProgressCounter;
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  readonly #places: Workplaces;
  readonly #preparation: Preparation;
  readonly #ordered = new OrderedChunks();
  readonly #observers: Array<(finished: FinishedChunk) => void> = [];
  #isTaken = false;
  #seen: { readonly atMs: number; readonly work: WorkUnderWay } = { atMs: 0, work: nothing };

  /** See `grid.batch`. */
  constructor(parts: BatchRunParts) {
    const { spec } = parts;
    this.#spec = spec;
    this.#grid = parts.grid;
    this.#signal =
      spec.signal === undefined ? this.#stopping.signal : AbortSignal.any([spec.signal, this.#stopping.signal]);
    this.#supply = new ChunkSupply(openSource(spec.data, spec), spec.checkpoint, this.#signal);
    this.#progress = new ProgressCounter(this.#supply.unit);
    const onWaiting = (): void => this.#progress.wait();
    this.#places = new Workplaces({ ...parts, signal: this.#signal, onWaiting });
    this.#preparation = new Preparation({
      ...{ spec, supply: this.#supply, places: this.#places },
      failure: (error) => this.#failure(error),
    });
  }

  /** What the batch is called. */
  get name(): string {
    return this.#spec.name;
  }

  /** The plan, after a pilot; what that has evaluated is not evaluated again. */
  async plan(): Promise<Plan> {
    return (await this.#preparation.planned()).plan;
  }

  /**
   * The result of the batch: the reduced value, or the values in order, those of skipped slices left out.
   *
   * @throws RequestError of the slice that failed, under the policies `fail` and `retry`; of the reduction that failed.
   * @throws GridError `UNKNOWN_FUNCTION`, `INVALID_OPTION`, `CANCELLED`, `GRID_CLOSED`, or what the data itself throws.
   */
  async result(): Promise<Result> {
    if (this.#spec.reduce !== undefined) return (await this.#reduced()) as Result;
    const values: unknown[] = [];
    for await (const { outcome } of this.inOrder()) if ("value" in outcome) values.push(outcome.value);
    return values as Result;
  }

  /** The item of each slice, as it finishes. Leaving the loop stops the run. */
  [Symbol.asyncIterator](): AsyncGenerator<BatchItem<Value>, undefined> {
    return this.#items(this.#finished(() => true));
  }

  /** The same in the order of the slices. */
  inOrder(): AsyncGenerator<BatchItem<Value>, undefined> {
    return this.#items(this.#inOrder());
  }

  /** How far the run is: now, then every `everyMs` (250), and once more at its end. Watching does not start a run. */
  progress(everyMs = 250): AsyncGenerator<BatchProgress, undefined> {
    return this.#progress.watch(everyMs, () => this.#look());
  }

  /** How far the run is now, apart from what workers are at. */
  get standing(): Omit<BatchProgress, "inFlight" | "slices"> {
    return this.#progress.now;
  }

  /** Calls back for each chunk that is done, in the order in which they are. */
  onChunk(observer: (finished: FinishedChunk) => void): void {
    this.#observers.push(observer);
  }

  /** Ends the run: what is open is withdrawn, and who takes its values gets `CANCELLED`. */
  stop(reason?: unknown): void {
    this.#stopping.abort(reason ?? "stopped");
    this.#progress.end("failed");
    if (this.#isTaken) return;
    void this.#supply.close();
    void this.#places.close();
  }

  async *#items(chunks: AsyncGenerator<FinishedChunk, undefined>): AsyncGenerator<BatchItem<Value>, undefined> {
    if (this.#spec.reduce !== undefined)
      throw invalidOption("batch.reduce", "leaves one value only, which result() resolves to");
    for await (const finished of chunks) yield* itemsOf<Value>(finished);
  }

  async #reduced(): Promise<unknown> {
    const { place, site } = await this.#preparation.placed();
    const { reduce = site.setting.work.process } = site.setting.work;
    const tree = new ReduceTree((values) => place.call(reduce, [values]));
    try {
      for await (const { result } of this.#inOrder()) for (const value of result.values) await tree.add(value);
      return await tree.result();
    } catch (error) {
      throw this.#asCancelled(error);
    } finally {
      await this.#places.close().catch(() => undefined);
    }
  }

  async *#inOrder(): AsyncGenerator<FinishedChunk, undefined> {
    const { plan } = await this.#preparation.placed();
    const { window } = plan;
    let held = 0;
    for await (const finished of this.#finished(() => held < window * windowsAhead)) {
      held += 1;
      for (const due of this.#ordered.admit(finished)) {
        held -= 1;
        yield due;
      }
    }
  }

  /** All chunks as they finish, those of the pilot first. */
  async *#finished(mayCut: () => boolean): AsyncGenerator<FinishedChunk, undefined> {
    if (this.#isTaken) throw invalidOption("batch", "its results can be read only once");
    this.#isTaken = true;
    const placed = await this.#preparation.placed();
    const parts = { grid: this.#grid, spec: this.#spec, supply: this.#supply, mayCut };
    this.#progress.begin(placed.plan.mode);
    let state: "done" | "failed" | "left" = "left";
    try {
      yield* this.#restored(placed.restored);
      for (const finished of placed.pilot.finished) {
        await this.#note(finished);
        yield finished;
      }
      for await (const finished of new PlanExecution(parts, placed).chunks()) {
        await this.#note(finished);
        yield finished;
      }
      state = "done";
    } catch (error) {
      state = "failed";
      throw await this.#failure(error);
    } finally {
      if (state !== "failed") await this.#end(state === "done" ? "done" : "failed");
    }
  }

  async *#restored(chunks: readonly Chunk[]): AsyncGenerator<FinishedChunk, undefined> {
    const { checkpoint } = this.#spec;
    for (const chunk of checkpoint === undefined ? [] : chunks) {
      const result = await checkpoint?.finished(chunk.index);
      if (result === undefined) continue;
      const finished = { chunk, result, requestId: "", isCached: true, finishedMs: Date.now() };
      this.#progress.note(finished, this.#supply.totalUnits);
      yield finished;
    }
  }

  async #note(finished: FinishedChunk): Promise<void> {
    const { chunk, result } = finished;
    const { error: policy, checkpoint } = this.#spec;
    for (const { place, error } of result.failures) if (isFatal(error, policy)) throw sliceFailed(error, chunk, place);
    if (result.reduceFailure !== undefined) throw chunkFailed(result.reduceFailure, chunk);
    // parts share a place: they are done again if the run has to be resumed
    if (chunk.isPart !== true) await checkpoint?.noteFinished(chunk.index, result);
    this.#progress.note(finished, this.#supply.totalUnits);
    for (const observe of this.#observers) observe(finished);
  }

  async #look(): Promise<WorkUnderWay> {
    const placed = this.#preparation.placedAlready;
    if (placed === undefined) return nothing;
    if (performance.now() - this.#seen.atMs < lookEveryMs) return this.#seen.work;
    const { place } = await placed;
    this.#seen = { atMs: performance.now(), work: await place.look() };
    return this.#seen.work;
  }

  async #end(state: "done" | "failed"): Promise<void> {
    this.#progress.end(state);
    // what is still being reduced belongs to a run that went well
    if (state === "failed") this.#stopping.abort("the batch failed");
    await this.#supply.close();
    // values that are reduced still need threads
    if (state === "failed" || this.#spec.reduce === undefined) await this.#places.close();
  }

  /** Ends a run that failed; resolves to its first cause, whatever else may go wrong at its end. */
  async #failure(error: unknown): Promise<unknown> {
    const cause = this.#asCancelled(error);
    await this.#end("failed").catch(() => undefined);
    return cause;
  }

  #asCancelled(error: unknown): unknown {
    if (!this.#signal.aborted || isGridError(error)) return error;
    return new GridError("CANCELLED", "the batch was stopped", { cause: this.#signal.reason });
  }
}
