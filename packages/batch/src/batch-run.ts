/**
 * One run of a batch: looks who is there, runs the pilot, plans, and then carries the plan out. It begins when something is
 * asked of it, and what it comes to is taken once: as a whole by `result`, or item by item.
 */
import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Grid, WindowOptions } from "@callgrid/client";
import { GridError, isGridError, RequestError } from "@callgrid/core";
import { openSource } from "./batch-data.ts";
import { type BatchItem, itemsOf } from "./batch-items.ts";
import { type BatchSetting, surveyBatch } from "./batch-setting.ts";
import type { CheckedSpec } from "./batch-spec.ts";
import { type Chunk, sliceAt, sliceCount } from "./chunk.ts";
import { ChunkSizer } from "./chunk-size.ts";
import { ChunkSupply } from "./chunk-supply.ts";
import type { FinishedChunk } from "./finished-chunk.ts";
import { OrderedChunks } from "./ordered-chunks.ts";
import { type PilotReport, runPilot } from "./pilot.ts";
import type { Plan } from "./plan.ts";
import { makePlan } from "./plan-maker.ts";
import { type ChunkOutcome, PoolChunks } from "./pool-chunks.ts";
import { type BatchProgress, ProgressCounter } from "./progress.ts";
import { type Reduce, ReduceTree } from "./reduce-tree.ts";
import { roughBytesOfAll } from "./rough-bytes.ts";
import { evaluateHere } from "./serial-chunks.ts";

/** Starts a grid of threads in this process. */
export type StartLocalGrid = (options: {
  readonly functions: readonly string[];
  readonly workers: number;
}) => Promise<Grid & { readonly pool: string }>;

/** What a {@link BatchRun} works with. */
export interface BatchRunParts {
  readonly grid: Grid;
  readonly spec: CheckedSpec;
  /** Whether the grid itself is one of threads in this process. */
  readonly isLocal: boolean;
  readonly startLocalGrid: StartLocalGrid | undefined;
}

interface Started {
  readonly setting: BatchSetting;
  readonly pilot: PilotReport;
  readonly plan: Plan;
  /** Chunks that an earlier run has finished. */
  readonly restored: readonly Chunk[];
}

// How many windows of chunks may be finished and held because an earlier one is slow.
const windowsAhead = 4;
const inFlightEveryMs = 1_000;

export class BatchRun<Value, Result> implements AsyncIterable<BatchItem<Value>> {
  readonly #parts: BatchRunParts;
  readonly #supply: ChunkSupply;
  readonly #progress: ProgressCounter;
  readonly #stopping = new AbortController();
  readonly #signal: AbortSignal;
  readonly #startedMs = Date.now();
  readonly #ordered = new OrderedChunks();
  readonly #observers: Array<(finished: FinishedChunk) => void> = [];
  #started: Promise<Started> | undefined;
  /** Threads that were started for this run. */
  #local: ReturnType<StartLocalGrid> | undefined;
  #isTaken = false;
  #inFlight: { readonly atMs: number; readonly counts: Readonly<Record<string, number>> } = { atMs: 0, counts: {} };

  /** See `grid.batch`. */
  constructor(parts: BatchRunParts) {
    const { spec } = parts;
    this.#parts = parts;
    this.#supply = new ChunkSupply(openSource(spec.data, spec), spec.checkpoint);
    this.#progress = new ProgressCounter(this.#supply.unit);
    this.#signal =
      spec.signal === undefined ? this.#stopping.signal : AbortSignal.any([spec.signal, this.#stopping.signal]);
  }

  /** What the batch is called. */
  get name(): string {
    return this.#parts.spec.name;
  }

  /** The plan, after a pilot; what that has evaluated is not evaluated again. */
  async plan(): Promise<Plan> {
    return (await this.#start()).plan;
  }

  /**
   * What the batch comes to: the reduced value, or the values in order, those of skipped slices left out.
   *
   * @throws RequestError of the slice that failed, under the policies `fail` and `retry`; of the reduction that failed.
   * @throws GridError `UNKNOWN_FUNCTION`, `INVALID_OPTION`, `CANCELLED`, `GRID_CLOSED`, or what the data itself throws.
   */
  async result(): Promise<Result> {
    const { reduce } = this.#parts.spec;
    if (reduce !== undefined) return (await this.#reduced(reduce)) as Result;
    const values: unknown[] = [];
    for await (const { outcome } of this.inOrder()) if ("value" in outcome) values.push(outcome.value);
    return values as Result;
  }

  /** What became of each slice, as it comes. Leaving the loop stops the run. */
  [Symbol.asyncIterator](): AsyncGenerator<BatchItem<Value>, undefined> {
    return this.#items(this.#finished(() => true));
  }

  /** The same in the order of the slices. */
  inOrder(): AsyncGenerator<BatchItem<Value>, undefined> {
    return this.#items(this.#inOrder());
  }

  /** How far the run is: now, then every `everyMs` (250), and once more at its end. Watching does not start a run. */
  progress(everyMs = 250): AsyncGenerator<BatchProgress, undefined> {
    return this.#progress.watch(everyMs, () => this.#countInFlight());
  }

  /** How far the run is now, apart from what workers are at. */
  get standing(): Omit<BatchProgress, "inFlight"> {
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
    if (!this.#isTaken) void this.#supply.close();
  }

  async *#items(chunks: AsyncGenerator<FinishedChunk, undefined>): AsyncGenerator<BatchItem<Value>, undefined> {
    if (this.#parts.spec.reduce !== undefined)
      throw invalid("batch.reduce", "leaves one value only, which result() resolves to");
    for await (const finished of chunks) yield* itemsOf<Value>(finished);
  }

  async #reduced(name: string): Promise<unknown> {
    const { setting, plan } = await this.#start();
    const tree = new ReduceTree(this.#reducer(name, plan, setting));
    try {
      for await (const { result } of this.#inOrder()) for (const value of result.values) await tree.add(value);
      return await tree.result();
    } catch (error) {
      throw this.#asCancelled(error);
    } finally {
      await this.#closeLocal();
    }
  }

  /** Where the values of chunks are reduced: where the chunks are evaluated. */
  #reducer(name: string, plan: Plan, { work }: BatchSetting): Reduce {
    if (plan.mode === "serial") {
      return async (values) => {
        const chunk: Chunk = { index: 0, firstSlice: 0, slices: { list: [values] }, units: 1 };
        const asProcess = { process: work.reduce ?? work.process, onError: { policy: "fail" } } as const;
        const { result } = await evaluateHere(chunk, asProcess, this.#signal);
        throwFirst(result.failures.map(({ error }) => error));
        return result.values[0];
      };
    }
    return async (values) => {
      const place = await this.#place(plan);
      return place.grid.enqueue(place.pool, [name, values], this.#asking);
    };
  }

  async *#inOrder(): AsyncGenerator<FinishedChunk, undefined> {
    const { window } = await this.plan();
    let held = 0;
    for await (const finished of this.#finished(() => held < window * windowsAhead)) {
      held += 1;
      for (const due of this.#ordered.admit(finished)) {
        held -= 1;
        yield due;
      }
    }
  }

  #start(): Promise<Started> {
    this.#started ??= this.#prepare();
    return this.#started;
  }

  async #prepare(): Promise<Started> {
    const { grid, spec } = this.#parts;
    try {
      const setting = await surveyBatch(grid, spec);
      const isSerial = setting.survey.workers === 0 || spec.mode === "serial";
      const pool = this.#poolChunks(grid, spec.pool, setting);
      await spec.checkpoint?.begin(JSON.stringify(setting.work));
      const restored = await this.#supply.restore();
      const pilot = await runPilot({
        supply: this.#supply,
        fixedUnits: spec.chunkUnits,
        evaluate: (chunk) => (isSerial ? evaluateHere(chunk, setting.work, this.#signal) : pool.evaluate(chunk)),
      });
      const plan = makePlan({
        ...{ spec, setting, pilot, isLocal: this.#parts.isLocal },
        totalUnits: this.#supply.totalUnits,
        unit: this.#supply.unit,
        localLanes: this.#canStartLocal ? availableParallelism() : 0,
      });
      return { setting, plan, pilot, restored };
    } catch (error) {
      const reason = this.#asCancelled(error);
      await this.#end("failed");
      throw reason;
    }
  }

  get #canStartLocal(): boolean {
    const { isLocal, startLocalGrid, spec } = this.#parts;
    return !isLocal && startLocalGrid !== undefined && spec.functions !== undefined;
  }

  #poolChunks(grid: Grid, pool: string, { work }: BatchSetting): PoolChunks {
    return new PoolChunks({ grid, pool, work, asking: this.#asking, startedMs: this.#startedMs });
  }

  /** How everything of the batch is asked for. */
  get #asking(): Pick<WindowOptions, "cache" | "priority" | "signal"> {
    const { cache, priority } = this.#parts.spec;
    return { cache, priority, signal: this.#signal };
  }

  /** All chunks as they finish, those of the pilot first. */
  async *#finished(mayCut: () => boolean): AsyncGenerator<FinishedChunk, undefined> {
    if (this.#isTaken) throw invalid("batch", "has been taken already: its values come once");
    this.#isTaken = true;
    const started = await this.#start();
    this.#progress.begin(started.plan.mode);
    let state: "done" | "failed" = "failed";
    try {
      yield* this.#restored(started.restored);
      for (const finished of started.pilot.finished) {
        await this.#note(finished);
        yield finished;
      }
      yield* this.#rest(started, mayCut);
      state = "done";
    } catch (error) {
      throw this.#asCancelled(error);
    } finally {
      await this.#end(state);
    }
  }

  async *#restored(chunks: readonly Chunk[]): AsyncGenerator<FinishedChunk, undefined> {
    const { checkpoint } = this.#parts.spec;
    for (const chunk of checkpoint === undefined ? [] : chunks) {
      const result = await checkpoint?.finished(chunk.index);
      if (result === undefined) continue;
      const finished = { chunk, result, requestId: "", isCached: true, finishedMs: Date.now() };
      this.#progress.note(finished, this.#supply.totalUnits);
      yield finished;
    }
  }

  async *#rest(started: Started, mayCut: () => boolean): AsyncGenerator<FinishedChunk, undefined> {
    const { plan, setting, pilot } = started;
    const { workload, chosen, scores } = plan.parts;
    const { msPerUnit, slowest, lanes } = chosen;
    const { overheadMs } = workload;
    const { largestUnits, bytesPerUnit } = pilot;
    const fixedUnits = this.#parts.spec.chunkUnits;
    const sizer = new ChunkSizer({ msPerUnit, slowest, lanes, overheadMs, largestUnits, fixedUnits, bytesPerUnit });
    const nextUnits = (): number => sizer.next(this.#supply.uncutUnits);
    const outcomes =
      plan.mode === "serial"
        ? this.#serially(setting, nextUnits)
        : this.#onPool(started, { supply: this.#supply, window: plan.window, nextUnits, mayCut });
    for await (const outcome of outcomes) {
      const finished = "error" in outcome ? await this.#withoutValue(outcome, setting) : outcome;
      if (finished === undefined) continue;
      const { tookMs, values, worker } = finished.result;
      const speed = (setting.survey.scoreOf(worker) ?? scores.mean) / scores.mean;
      if (!finished.isCached) sizer.learn(finished.chunk.units, tookMs * speed, roughBytesOfAll(values));
      await this.#note(finished);
      yield finished;
    }
  }

  async *#serially(setting: BatchSetting, nextUnits: () => number): AsyncGenerator<ChunkOutcome, undefined> {
    while (!this.#supply.isEmpty) {
      const chunk = await this.#supply.next(nextUnits);
      if (chunk !== undefined) yield await evaluateHere(chunk, setting.work, this.#signal);
      // Ctrl-C and whoever else wants this process gets a turn
      await nextTurn();
    }
  }

  async *#onPool(
    { plan, setting }: Started,
    flow: Parameters<PoolChunks["run"]>[0],
  ): AsyncGenerator<ChunkOutcome, undefined> {
    const { grid, pool } = await this.#place(plan);
    yield* this.#poolChunks(grid, pool, setting).run(flow);
  }

  /** Where chunks are evaluated, and their values reduced: the pool, or a grid of threads that lives as long as the run. */
  async #place({ mode, lanes }: Plan): Promise<{ readonly grid: Grid; readonly pool: string }> {
    const { grid, spec, startLocalGrid, isLocal } = this.#parts;
    if (mode === "distributed" || isLocal) return { grid, pool: spec.pool };
    if (startLocalGrid === undefined || spec.functions === undefined) throw invalid("batch.functions", "must be given");
    this.#local ??= startLocalGrid({ functions: spec.functions, workers: lanes });
    const local = await this.#local;
    return { grid: local, pool: local.pool };
  }

  async #closeLocal(): Promise<void> {
    await (await this.#local)?.close();
  }

  /** A chunk that failed as a whole is halved until the slice that it failed of stands alone; that one counts as failed. */
  async #withoutValue(
    { chunk, error }: { readonly chunk: Chunk; readonly error: RequestError },
    { work }: BatchSetting,
  ): Promise<FinishedChunk | undefined> {
    const { policy } = work.onError;
    if (policy === "fail" || policy === "retry" || refusals.has(error.code)) throw error;
    if (sliceCount(chunk.slices) > 1) {
      this.#supply.giveBackHalves(chunk);
      return undefined;
    }
    const failures = [{ place: 0, error: error.tree }];
    const replaced =
      work.onError.policy === "call" ? await this.#callForLost(error, chunk, work.onError.function.name) : [];
    const nowMs = Date.now();
    const result = {
      ...{ startedMs: nowMs, tookMs: 0, busyRatio: 0, worker: "" },
      ...{ values: replaced, failures: replaced.length > 0 ? [] : failures },
    };
    return { chunk, result, requestId: "", isCached: false, finishedMs: nowMs };
  }

  async #callForLost(error: RequestError, chunk: Chunk, name: string): Promise<unknown[]> {
    const { grid, spec } = this.#parts;
    return [await grid.enqueue(spec.pool, [name, error.tree, sliceAt(chunk.slices, 0)], this.#asking)];
  }

  async #note(finished: FinishedChunk): Promise<void> {
    const { chunk, result } = finished;
    const { error, checkpoint } = this.#parts.spec;
    const isForbidden = error !== "skip";
    const errors = result.failures.map((failure) => failure.error);
    throwFirst(errors.filter(({ code }) => isForbidden || wrongData.has(code)));
    throwFirst(result.reduceFailure === undefined ? [] : [result.reduceFailure]);
    // parts share a place: they are done again if the run has to be resumed
    if (chunk.isPart !== true) await checkpoint?.noteFinished(chunk.index, result);
    this.#progress.note(finished, this.#supply.totalUnits);
    for (const observe of this.#observers) observe(finished);
  }

  async #countInFlight(): Promise<Readonly<Record<string, number>>> {
    const { grid, spec } = this.#parts;
    const { mode } = this.#progress.now;
    if (mode === undefined || mode === "serial") return {};
    if (performance.now() - this.#inFlight.atMs < inFlightEveryMs) return this.#inFlight.counts;
    const { members } = await grid.status(spec.pool).catch(() => ({ members: [] }));
    const running = members.filter((member) => member.kind === "worker" && member.running > 0);
    const counts = Object.fromEntries(running.map((member) => [`${spec.pool}/${member.id}`, member.running]));
    this.#inFlight = { atMs: performance.now(), counts };
    return counts;
  }

  async #end(state: "done" | "failed"): Promise<void> {
    this.#progress.end(state);
    // what is still being reduced belongs to a run that went well
    if (state === "failed") this.#stopping.abort("the batch failed");
    await this.#supply.close();
    // values that are reduced still need it
    if (this.#parts.spec.reduce === undefined) await this.#closeLocal();
  }

  #asCancelled(error: unknown): unknown {
    if (!this.#signal.aborted || isGridError(error)) return error;
    return new GridError("CANCELLED", "the batch was stopped", { cause: this.#signal.reason });
  }
}

/** What no smaller chunk would mend. */
const refusals: ReadonlySet<string> = new Set(["UNKNOWN_FUNCTION", "POOL_FULL", "CANCELLED", "GRID_CLOSED"]);

/** What no policy skips: all slices of the file would be missing, or be those of other data. */
const wrongData: ReadonlySet<string> = new Set(["FILE_CHANGED", "FILE_NOT_ALLOWED"]);

function throwFirst(errors: readonly ConstructorParameters<typeof RequestError>[0][]): void {
  const [first] = errors;
  if (first !== undefined) throw new RequestError(first);
}

function invalid(path: string, problem: string): GridError {
  return new GridError("INVALID_OPTION", `${path} ${problem}`, { details: { path } });
}
