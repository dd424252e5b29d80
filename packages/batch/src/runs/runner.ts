/**
 * Several runners may run: a run whose runner dies is taken over by another as soon as its lock lapses, and continues from the finished
 * chunks, which the grid keeps by hash. For that, the new runner cuts the data as the one before it did, by a log of the cuts.
 */
import type { Grid } from "@callgrid/client";
import { messageOf, type OptionsResolved, valueFields } from "@callgrid/core";
import { AllowedFolders, limitDataFolders } from "@callgrid/worker";
import { DelayedError, type Job, UnrecoverableError, Worker } from "bullmq";
import { checkFilePlaces } from "../data/file-places.ts";
import { isWithoutWorkers } from "../planning/batch-context.ts";
import { csvFile, failureFile, ndjsonFile, type ResultWriter, writeItems } from "../results/result-file.ts";
import type { BatchRun } from "../run/batch-run.ts";
import { addBatches, type Batching } from "../run/grid-with-batches.ts";
import type { BatchSpec } from "../spec/batch-spec.ts";
import { filesOf, openRunData } from "./run-data.ts";
import { type RunPlace, runConnection, runQueueName, withoutCommand } from "./run-place.ts";
import { RunQueue } from "./run-queue.ts";
import type { RunJobData } from "./run-spec.ts";
import { cancelledReason } from "./run-summary.ts";
import type { runnerOptions } from "./runner-options.ts";
import { repeatStrategy } from "./schedule-time.ts";
import { WorkerWaits } from "./worker-waits.ts";

/** What a {@link Runner} works with. */
export interface RunnerParts extends RunPlace {
  /** A client of the grid of the runs; it is not closed with the runner. */
  readonly client: Grid;
  readonly options: OptionsResolved<typeof runnerOptions>;
  /** Called for errors outside of any run. */
  readonly onError: (error: Error) => void;
}

const progressEveryMs = 500;
const loggedFailures = 20;
// How soon a run whose pool has no workers is looked at again, if no worker joins before.
const waitMs = 5_000;
// A run may outlive many runners; only its own attempts should end it.
const mostTakeovers = 1_000;

/** Carries durable runs out, one after the other. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #grid: Grid & Batching;
  readonly #queue: RunQueue;
  readonly #outputs: AllowedFolders;
  readonly #endLimit: () => void;
  readonly #waits: WorkerWaits;
  readonly #stopping = new AbortController();
  #worker: Worker<RunJobData> | undefined;

  /** Throws `INVALID_OPTION` for a folder that is missing. */
  constructor(parts: RunnerParts) {
    const { dataFolder, outputFolder } = parts.options;
    this.#parts = parts;
    this.#outputs = new AllowedFolders(outputFolder, "--output-folder");
    this.#endLimit = limitDataFolders(dataFolder);
    this.#grid = addBatches(parts.client);
    this.#queue = new RunQueue(parts);
    const onWorker = (id: string): Promise<void> => this.#queue.hurry(id);
    this.#waits = new WorkerWaits({ grid: parts.client, signal: this.#stopping.signal, onWorker });
  }

  /** Takes runs from now on. */
  async start(): Promise<void> {
    const { url, grid, options, onError } = this.#parts;
    const { concurrency, lockMs, keepRuns, keepRunsMs } = options;
    const kept = { count: keepRuns, age: Math.ceil(keepRunsMs / 1_000) };
    this.#worker = new Worker<RunJobData>(runQueueName(grid), (job, token) => this.#carryOut(job, token), {
      ...{ ...runConnection({ url, grid }, "work"), concurrency, skipVersionCheck: true },
      settings: { repeatStrategy },
      ...{ lockDuration: lockMs, stalledInterval: Math.ceil(lockMs / 2), maxStalledCount: mostTakeovers },
      ...{ removeOnComplete: kept, removeOnFail: kept },
    });
    this.#worker.on("error", (error) => onError(withoutCommand(error)));
    this.#worker.on("completed", ({ id = "" }) => this.#dropCuts(id).catch(onError));
    this.#worker.on("completed", ({ id = "" }) => this.#queue.dropHistory(id).catch(onError));
    this.#worker.on("failed", (job, error) => this.#noteFailed(job?.id ?? "", error).catch(onError));
    await this.#worker.waitUntilReady();
  }

  /** Takes no more, and gives what it is at to the next runner. */
  async stop(): Promise<void> {
    this.#stopping.abort("the runner stops");
    await this.#worker?.close(true);
    await this.#queue.close();
    this.#endLimit();
  }

  async #carryOut(job: Job<RunJobData>, token: string | undefined): Promise<unknown> {
    const id = job.id ?? "";
    if (await this.#queue.isCancelled(id)) throw new UnrecoverableError(cancelledReason);
    this.#refuseOutputs(job.data);
    const cuts = await this.#queue.cutsOf(id, job.data.options.cache);
    const run = this.#grid.batch<unknown, unknown>({ ...this.#specOf(job.data), checkpoint: cuts });
    logFailures(job, run);
    const watching = this.#watch(job, run);
    try {
      await logBeginning(job, run, cuts.cuts.length);
      return await this.#takeResult(run, job);
    } catch (error) {
      if (await this.#queue.isCancelled(id)) throw new UnrecoverableError(cancelledReason);
      // what it passes on last must not follow what is noted below
      await watching;
      if (isWithoutWorkers(error)) return await this.#waitForWorkers(job, token);
      throw error;
    } finally {
      await watching;
    }
  }

  /** In the queue, so that it keeps no other run from being carried out. No attempt is counted. */
  async #waitForWorkers(job: Job<RunJobData>, token: string | undefined): Promise<never> {
    const { pool } = job.data;
    const waitsFor = `workers of pool ${pool}`;
    this.#waits.add(pool, job.id ?? "");
    await job.updateProgress({ waitsFor });
    if (job.attemptsStarted === 1) await job.log(`waits for ${waitsFor}`);
    await job.moveToDelayed(Date.now() + waitMs, token);
    throw new DelayedError();
  }

  /** One that is cancelled says so as its reason from now on, and can be retried by whatever knows BullMQ. */
  async #noteFailed(id: string, { message }: Error): Promise<void> {
    if (message === cancelledReason) await this.#queue.dropMark(id);
    await this.#queue.dropHistory(id);
  }

  async #dropCuts(id: string): Promise<void> {
    await (await this.#queue.cutsOf(id)).reset();
  }

  #specOf({ pool, data, process, reduce, error, options }: RunJobData): BatchSpec<unknown, unknown> {
    const { name, objective, chunkUnits, window, cache, retries, maxSlices } = options;
    return {
      ...{ pool, process, reduce, error, name, objective, chunkUnits, window, cache, retries, maxSlices },
      // where the pool has no workers, the run waits in the queue and not here
      ...{ data: openRunData(data), mode: "distributed", wait: false, signal: this.#stopping.signal },
    };
  }

  /** Before anything is evaluated. */
  #refuseOutputs({ data, options: { csv, ndjson, failed } }: RunJobData): void {
    const outputs = Object.entries({ csv, ndjson, failed }).flatMap(([name, path]) =>
      path === undefined ? [] : [{ option: `submitRun.${name}`, path }],
    );
    for (const { path } of outputs) this.#outputs.refuseOutside(path);
    checkFilePlaces({ inputs: filesOf(data).map((path) => ({ option: "submitRun.data", path })), outputs });
  }

  async #takeResult(run: BatchRun<unknown, unknown>, job: Job<RunJobData>): Promise<unknown> {
    const { reduce, options } = job.data;
    if (reduce !== undefined) return valueFields(await run.result());
    const { csv, ndjson, failed, formulas } = options;
    const open = (path: string): number => this.#outputs.openToWrite(path);
    const writers: ResultWriter[] = [];
    if (csv !== undefined) writers.push(await csvFile(csv, { formulas, open }));
    if (ndjson !== undefined) writers.push(await ndjsonFile(ndjson, [], open));
    if (failed !== undefined) writers.push(await failureFile(failed, open));
    const counts = { slices: 0, failed: 0 };
    const counting: ResultWriter = {
      write: async ({ outcome }) => {
        counts.slices += 1;
        counts.failed += "error" in outcome ? 1 : 0;
      },
      close: async () => undefined,
    };
    for (const warning of await writeItems(run.inOrder(), [counting, ...writers])) await job.log(warning);
    return counts;
  }

  /** Passes progress on, and checks whether the run is cancelled. */
  async #watch(job: Job<RunJobData>, run: BatchRun<unknown, unknown>): Promise<void> {
    try {
      for await (const progress of run.progress(progressEveryMs)) {
        await job.updateProgress({ ...progress });
        if (await this.#queue.isCancelled(job.id ?? "")) run.stop("cancelled");
      }
    } catch (error) {
      // progress is not worth a run, whose own commands report a Redis that is away
      this.#parts.onError(error instanceof Error ? error : new Error(messageOf(error)));
    }
  }
}

/** Where the run has been cut before, and else its plan. */
async function logBeginning(job: Job<RunJobData>, run: BatchRun<unknown, unknown>, cuts: number): Promise<void> {
  const plan = (await run.plan()).explain();
  const lines = cuts === 0 ? plan.split("\n") : [`goes on, with ${cuts} chunks as they were cut before`];
  for (const line of lines) await job.log(line);
}

function logFailures(job: Job<RunJobData>, run: BatchRun<unknown, unknown>): void {
  let left = loggedFailures;
  run.onChunk(({ result: { failures } }) => {
    for (const { error } of failures.slice(0, left))
      job.log(`${error.req} failed: ${error.msg}`).catch(() => undefined);
    left = Math.max(0, left - failures.length);
  });
}
