/**
 * Runs the share of a machine: asks a grid for the jobs that are not finished, and notes the outcome of each, first in the snapshot and then
 * in the files of results. Outcomes that come together are written together.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Grid } from "@callgrid/client";
import { encodeValue, type JobValue } from "@callgrid/core";
import type { ResultFiles } from "../results/result-files.ts";
import type { FinishedJob, Snapshot } from "../results/snapshot.ts";
import type { Job, JobPool } from "../split/job-pool.ts";
import { type JobOutcome, JobRequests } from "./job-requests.ts";
import type { ShareProgress } from "./share-progress.ts";

/** What a share is run with. */
export interface ShareRunParts {
  readonly grid: Pick<Grid, "stream">;
  /** The grid's pool of workers. */
  readonly workers: string;
  /** How many threads the workers are, which have the functions of sweeps; undefined for the workers of a pool, which lack these. */
  readonly lanes?: number | undefined;
  readonly pool: JobPool;
  /** The jobs of the share. */
  readonly jobs: readonly Job[];
  readonly snapshot: Snapshot;
  readonly files: ResultFiles;
  readonly progress: ShareProgress;
  readonly signal?: AbortSignal;
  /** Called with jobs once they are noted. */
  readonly onFinished?: (jobs: readonly FinishedJob[]) => void;
}

// Enough for workers of short jobs never to wait for this process, and little enough to stay in memory with large arguments.
const window = 1_000;

/** Runs what is not finished; resolves when all is noted. Rejects with `CANCELLED` when the signal is aborted. */
export async function runShare(parts: ShareRunParts): Promise<void> {
  const { grid, workers, lanes, pool, jobs, snapshot, progress, signal } = parts;
  const left = jobs.filter(({ index }) => !snapshot.finished.has(index));
  const runMs = Date.now();
  const requests = new JobRequests(pool, left, lanes);
  const written = new WriteQueue(parts);
  const outcomes = grid.stream(workers, requests, { window, cache: "bypass", signal });
  try {
    for await (const { index, outcome } of outcomes) {
      for (const ended of requests.settle(index, outcome)) {
        const { finished, worker } = finishedJob(ended, runMs);
        progress.note(finished, worker);
        await written.add(finished);
      }
    }
  } finally {
    requests.wake();
    await written.end();
  }
}

/** With the worker that evaluated it; undefined for one that was lost or refused. */
function finishedJob(ended: JobOutcome, runMs: number): { finished: FinishedJob; worker: string | undefined } {
  const { index: job, args, repeats } = ended.job;
  if ("report" in ended) {
    const { report, worker } = ended;
    const { startedMs, tookMs } = report;
    const finished =
      "text" in report
        ? { job, args, repeats, runMs, startedMs, tookMs, value: report.text }
        : { job, args, repeats, runMs, startedMs, tookMs, error: report.error };
    return { finished, worker };
  }
  const base = { job, args, repeats, runMs };
  const { outcome } = ended;
  if ("error" in outcome) {
    const { tree } = outcome.error;
    const worker = tree.details?.["worker"];
    return {
      finished: { ...base, startedMs: Date.now(), tookMs: 0, error: tree },
      worker: typeof worker === "string" ? worker : undefined,
    };
  }
  const { value, startedMs, tookMs, worker } = outcome.value as JobValue;
  return {
    finished: { ...base, startedMs, tookMs, value: encodeValue(value, "value", Number.POSITIVE_INFINITY) },
    worker,
  };
}

/** How many jobs may wait for the disk before the next outcome is taken. */
const mostWaiting = 1_000;
/** Jobs that end within this are written together: each write has a price. The end of this process can lose so much. */
const togetherMs = 50;

/** Writes one piece at a time, and collects what comes meanwhile. */
class WriteQueue {
  readonly #parts: Pick<ShareRunParts, "snapshot" | "files" | "onFinished">;
  readonly #waiting: FinishedJob[] = [];
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isEnding = false;

  constructor(parts: Pick<ShareRunParts, "snapshot" | "files" | "onFinished">) {
    this.#parts = parts;
  }

  /** Resolves at once unless the disk is far behind; after a failed write it rejects with the reason. */
  async add(job: FinishedJob): Promise<void> {
    this.#waiting.push(job);
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#writing ??= this.#write().catch((error: unknown) => {
      this.#failure = { error };
    });
    if (this.#waiting.length >= mostWaiting) await this.#writing;
  }

  /** Where a file fails, what has come since is noted all the same if it can be. */
  async end(): Promise<void> {
    this.#isEnding = true;
    await this.#writing;
    if (this.#failure === undefined) return;
    await this.#parts.snapshot.note(this.#waiting).catch(() => undefined);
    throw this.#failure.error;
  }

  async #write(): Promise<void> {
    const { snapshot, files, onFinished } = this.#parts;
    while (this.#waiting.length > 0) {
      const jobs = [...this.#waiting];
      await snapshot.note(jobs);
      this.#waiting.splice(0, jobs.length);
      await files.write(jobs);
      onFinished?.(jobs);
      if (!this.#isEnding) await pause(togetherMs);
    }
    this.#writing = undefined;
  }
}
