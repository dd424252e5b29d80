/** How far a share is: all of it, and what each worker has done. */
import type { JobValue, Outcome } from "@callgrid/core";
import type { FinishedJob } from "../results/snapshot.ts";

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
  readonly jobsPerSecond: number;
  /** The job that it finished last. */
  readonly lastJob: number;
}

const msPerSecond = 1_000;

/** Times are those of a clock that nothing sets. */
export class ShareProgress {
  readonly #total: number;
  readonly #before: number;
  readonly #started = performance.now();
  readonly #workers = new Map<string, { done: number; lastJob: number }>();
  #done = 0;
  #failed: number;

  constructor({ total, before, failed }: { total: number; before: number; failed: number }) {
    this.#total = total;
    this.#before = before;
    this.#failed = failed;
  }

  note({ job }: FinishedJob, outcome: Outcome): void {
    this.#done += 1;
    if ("error" in outcome) {
      this.#failed += 1;
      return;
    }
    const { worker } = outcome.value as JobValue;
    const known = this.#workers.get(worker) ?? { done: 0, lastJob: job };
    this.#workers.set(worker, { done: known.done + 1, lastJob: job });
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
      workers: [...this.#workers].map(([worker, { done, lastJob }]) => ({
        ...{ worker, done, lastJob },
        jobsPerSecond: rate(done),
      })),
    };
  }
}
