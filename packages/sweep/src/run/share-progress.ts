/** How far a share is: all of it, and what each worker has done and is at. */
import type { FinishedJob } from "../results/snapshot.ts";

/** How far a job is, as its function reported last. */
export interface RunningJob {
  readonly job: number;
  readonly done: number;
  readonly total: number;
  readonly forMs: number;
}

/** A share at one moment. */
export interface ShareStanding {
  readonly total: number;
  readonly done: number;
  /** Of the done ones. */
  readonly failed: number;
  /** Of the done ones, those of earlier runs. */
  readonly before: number;
  readonly elapsedMs: number;
  readonly jobsPerSecond: number;
  /** Undefined until a job is done. */
  readonly leftMs: number | undefined;
  readonly workers: readonly WorkerStanding[];
}

/** A worker of this run. */
export interface WorkerStanding {
  readonly worker: string;
  readonly done: number;
  /** Of the done ones. */
  readonly failed: number;
  readonly jobsPerSecond: number;
  /** The job that it finished last; undefined until it has finished one. */
  readonly lastJob: number | undefined;
  /** The job that it is at, if that reports how far it is. */
  readonly running: RunningJob | undefined;
}

interface WorkerCounts {
  done: number;
  failed: number;
  lastJob: number | undefined;
}

const msPerSecond = 1_000;

/** Times are those of a clock that nothing sets. */
export class ShareProgress {
  readonly #total: number;
  readonly #before: number;
  readonly #started = performance.now();
  readonly #workers = new Map<string, WorkerCounts>();
  #running = new Map<string, RunningJob>();
  #done = 0;
  #failed: number;

  constructor({ total, before, failed }: { total: number; before: number; failed: number }) {
    this.#total = total;
    this.#before = before;
    this.#failed = failed;
  }

  /** A job has finished on a worker; undefined where it was lost or refused. */
  note({ job, error }: FinishedJob, worker: string | undefined): void {
    this.#done += 1;
    const failed = error === undefined ? 0 : 1;
    this.#failed += failed;
    if (worker === undefined) return;
    const counts = this.#countsOf(worker);
    counts.done += 1;
    counts.failed += failed;
    counts.lastJob = job;
    if (this.#running.get(worker)?.job === job) this.#running.delete(worker);
  }

  /** Replaces what workers are at. */
  noteRunning(running: ReadonlyMap<string, RunningJob>): void {
    for (const worker of running.keys()) this.#countsOf(worker);
    this.#running = new Map(running);
  }

  #countsOf(worker: string): WorkerCounts {
    const counts = this.#workers.get(worker) ?? { done: 0, failed: 0, lastJob: undefined };
    this.#workers.set(worker, counts);
    return counts;
  }

  get standing(): ShareStanding {
    const elapsedMs = performance.now() - this.#started;
    const rate = (count: number): number => (count * msPerSecond) / Math.max(1, elapsedMs);
    const left = this.#total - this.#before - this.#done;
    return {
      total: this.#total,
      done: this.#before + this.#done,
      failed: this.#failed,
      before: this.#before,
      elapsedMs,
      jobsPerSecond: rate(this.#done),
      leftMs: this.#done === 0 ? undefined : (left * elapsedMs) / this.#done,
      workers: [...this.#workers].map(([worker, counts]) => ({
        ...{ worker, ...counts },
        jobsPerSecond: rate(counts.done),
        running: this.#running.get(worker),
      })),
    };
  }
}
