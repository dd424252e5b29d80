import { availableParallelism } from "node:os";
import type { Grid } from "@callgrid/client";
import { GridError, invalidOption, type Logger } from "@callgrid/core";
import { awaitWorker, type BatchContext, batchContext, functionsIn, noWorkers } from "../planning/batch-context.ts";
import type { Plan } from "../planning/plan.ts";
import { surveyOf } from "../planning/pool-survey.ts";
import type { CheckedSpec } from "../spec/batch-spec.ts";
import { HereWorkplace } from "../workplaces/here-workplace.ts";
import { PoolWorkplace, type PoolWorkplaceParts } from "../workplaces/pool-workplace.ts";
import type { Workplace } from "../workplaces/workplace.ts";

type PoolState = Awaited<ReturnType<Grid["status"]>>;

/** Starts a grid of threads in this process. */
export type StartLocalGrid = (options: {
  readonly functions: readonly string[];
  readonly workers: number;
}) => Promise<Grid & { readonly pool: string }>;

/** What {@link Workplaces} are made of. */
export interface WorkplacesParts {
  readonly grid: Grid;
  readonly spec: CheckedSpec;
  /** Whether the grid itself is one of threads in this process. */
  readonly isLocal: boolean;
  readonly startLocalGrid: StartLocalGrid | undefined;
  /** Where functions log to that run in the calling thread. */
  readonly log: Logger | undefined;
  readonly signal: AbortSignal;
  /** Called where the run waits for workers. */
  readonly onWaiting: () => void;
}

/** Where a run begins, with its pilot. */
export interface Site {
  readonly place: Workplace;
  readonly setting: BatchContext;
  /** The place that has the workers, which may be another than that of the pilot. */
  readonly pool: Workplace;
  /** Whether its workers are threads of this process. */
  readonly isLocal: boolean;
}

/**
 * The places that a run has to choose from: the pool that it is for, the calling thread if its functions are defined there, and threads of
 * this machine if their modules are known. Threads are started when they are needed, and end with the run.
 */
export class Workplaces {
  readonly #parts: WorkplacesParts;
  #threads: ReturnType<StartLocalGrid> | undefined;

  constructor(parts: WorkplacesParts) {
    this.#parts = parts;
  }

  /** How many threads could be started besides a site; 0 if that is not among the choices. */
  threadsBeside({ isLocal }: Site): number {
    const { startLocalGrid, spec } = this.#parts;
    return isLocal || startLocalGrid === undefined || spec.functions === undefined ? 0 : availableParallelism();
  }

  /**
   * The pool that the batch is for; where that has no workers, this thread or others of this machine, or the pool once it has some.
   *
   * @throws GridError `UNKNOWN_FUNCTION` for a function that the pool lacks; `INVALID_OPTION` where there is no place at all.
   */
  async choose(): Promise<Site> {
    const { grid, spec, isLocal } = this.#parts;
    const setting = await this.#settingOfPool();
    const hasWorkers = setting.survey.workers > 0;
    if (!hasWorkers && spec.mode === "distributed") throw noWorkers(spec, undefined);
    const pool = this.#poolPlace({ grid, pool: spec.pool, isShared: !isLocal }, setting);
    const canBeHere = setting.notSerial === undefined;
    if (canBeHere && (!hasWorkers || spec.mode === "serial"))
      return { place: this.#here(setting), setting, pool, isLocal };
    if (hasWorkers) return { place: pool, setting, pool, isLocal };
    return this.#chooseThreads(setting);
  }

  /** Where to carry a plan out; undefined where that was to be threads whose modules are not those of the pool. */
  async placeFor({ mode, lanes }: Plan, { place, setting, pool, isLocal }: Site): Promise<Workplace | undefined> {
    if (mode === "serial" && setting.notSerial === undefined)
      return place instanceof HereWorkplace ? place : this.#here(setting);
    if (mode === "distributed" || isLocal) return pool;
    const threads = await this.#startThreads(lanes);
    const { functions } = surveyOf(await threads.status(threads.pool));
    const other = functionsIn(setting.work).find(({ name, version }) => functions.get(name)?.version !== version);
    if (other === undefined) return this.#poolPlace(ofThreads(threads), setting);
    await this.close();
    if (this.#parts.spec.mode === undefined) return undefined;
    throw new GridError("INVALID_OPTION", `batch.functions have "${other.name}" at another version than the pool`, {
      details: { path: "batch.functions", functionName: other.name },
    });
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    const threads = this.#threads;
    this.#threads = undefined;
    await (await threads)?.close();
  }

  async #settingOfPool(): Promise<BatchContext> {
    const { grid, spec, signal, onWaiting } = this.#parts;
    for (;;) {
      const state = await grid.status(spec.pool);
      const setting = await batchContext(spec, surveyOf(state));
      if (setting.survey.workers > 0 || !this.#waitsFor(state, setting)) return setting;
      onWaiting();
      await awaitWorker(grid, spec.pool, signal);
    }
  }

  /** Where a host of the pool will start workers, and the batch has no other place, and where that is asked for. */
  #waitsFor({ hosts }: PoolState, { notSerial }: BatchContext): boolean {
    const { spec, isLocal, startLocalGrid } = this.#parts;
    if (isLocal || spec.mode === "serial" || spec.mode === "local") return false;
    const canBeInThreads = startLocalGrid !== undefined && spec.functions !== undefined;
    const isForPool = spec.mode === "distributed" || (notSerial !== undefined && !canBeInThreads);
    return spec.wait ?? (isForPool && hosts.some(({ leaseLeftMs, maxWorkers }) => leaseLeftMs > 0 && maxWorkers > 0));
  }

  async #chooseThreads({ notSerial }: BatchContext): Promise<Site> {
    const { spec, startLocalGrid } = this.#parts;
    if (startLocalGrid === undefined || spec.functions === undefined) throw noWorkers(spec, notSerial);
    const threads = await this.#startThreads(spec.mode === "serial" ? 1 : availableParallelism());
    const setting = await batchContext({ ...spec, pool: threads.pool }, surveyOf(await threads.status(threads.pool)));
    const place = this.#poolPlace(ofThreads(threads), setting);
    return { place, setting, pool: place, isLocal: true };
  }

  #startThreads(workers: number): ReturnType<StartLocalGrid> {
    const { spec, startLocalGrid } = this.#parts;
    if (startLocalGrid === undefined || spec.functions === undefined)
      throw invalidOption("batch.functions", "must be given");
    this.#threads ??= startLocalGrid({ functions: spec.functions, workers });
    return this.#threads;
  }

  #here({ work }: BatchContext): HereWorkplace {
    const { spec, signal, log } = this.#parts;
    return new HereWorkplace(work, { pool: spec.pool, signal, log });
  }

  #poolPlace(where: PoolPlace, { work }: BatchContext): PoolWorkplace {
    const { spec, signal } = this.#parts;
    const { cache, priority } = spec;
    return new PoolWorkplace({ ...where, work, asking: { cache, priority, signal } });
  }
}

type PoolPlace = Pick<PoolWorkplaceParts, "grid" | "pool" | "isShared">;

function ofThreads(threads: Awaited<ReturnType<StartLocalGrid>>): PoolPlace {
  return { grid: threads, pool: threads.pool, isShared: false };
}
