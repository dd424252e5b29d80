/**
 * The requests of a share: jobs by themselves, and once they are known to be short several as one. What a group has not begun comes again,
 * last, and so do the jobs of a group that failed as a whole, each by itself. Once a worker has refused a group, there are no more.
 */
import { type JobValue, type Outcome, withSettings } from "@callgrid/core";
import { type GroupReport, groupMs, type JobReport } from "../jobs/job-group.ts";
import type { Job, JobPool } from "../split/job-pool.ts";

/** How a job of a request ended. */
export type JobOutcome =
  | { readonly job: Job; readonly outcome: Outcome }
  | { readonly job: Job; readonly report: JobReport; readonly worker: string };

const groupFunction = "callgrid.sweepGroup";
const mostInGroup = 256;
/** The first jobs run before V8 has compiled their function. */
const measuredFirst = 8;
const newWeight = 0.1;
/** A pause of the process counts for so many times the mean at most. */
const mostPerJob = 4;
/** Enough for a lane never to wait, and little enough for the next groups to be cut by what is measured meanwhile. */
const openPerLane = 4;
/**
 * A group has this part of each lane's share of what is left at most, so that lanes end together: guided self-scheduling, after
 * Polychronopoulos and Kuck (1987), whose groups are the whole share.
 */
const partOfShare = 1 / 4;

/** Requests in the order in which a stream asks for them, and what becomes of them. */
export class JobRequests implements AsyncIterable<readonly [string, ...unknown[]]> {
  readonly #pool: JobPool;
  #lanes: number | undefined;
  readonly #jobs: Job[];
  #next = 0;
  /** Of groups that failed: to be evaluated each by itself. */
  readonly #alone: Job[] = [];
  /** The jobs of each open request, by its place. */
  readonly #sent = new Map<number, readonly Job[]>();
  #requests = 0;
  #measured = 0;
  #meanMs = 0;
  #wake: (() => void) | undefined;

  /** @param lanes - how many jobs run at a time; undefined: there are no groups, since the workers lack the function for them. */
  constructor(pool: JobPool, jobs: readonly Job[], lanes: number | undefined) {
    this.#pool = pool;
    this.#jobs = [...jobs];
    this.#lanes = lanes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<readonly [string, ...unknown[]], undefined> {
    for (;;) {
      const request = this.#take();
      if (request !== undefined) yield request;
      else if (this.#sent.size === 0 && this.#isThrough) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** What the outcome of a request, by its place, is for its jobs; none for those that come again. */
  settle(index: number, outcome: Outcome): JobOutcome[] {
    const ended = this.#outcomesOf(this.#sent.get(index) ?? [], outcome);
    this.#sent.delete(index);
    this.wake();
    return ended;
  }

  /** Has the generator look again; at the end of a run it returns. */
  wake(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  get #isThrough(): boolean {
    return this.#next >= this.#jobs.length && this.#alone.length === 0;
  }

  /** The next request, if there is one now. */
  #take(): readonly [string, ...unknown[]] | undefined {
    if (this.#isThrough || this.#sent.size >= this.#mostOpen) return undefined;
    const { functionName, config, seed } = this.#pool;
    const some = this.#takeJobs();
    this.#sent.set(this.#requests++, some);
    const [first, second] = some;
    if (second === undefined)
      return withSettings([functionName, ...(first?.args ?? [])], { config, seed, job: first?.index ?? 0 });
    const jobs = some.map(({ index, args }) => [index, args]);
    return withSettings([groupFunction, functionName, jobs], { config, seed });
  }

  #takeJobs(): readonly Job[] {
    const alone = this.#alone.pop();
    if (alone !== undefined) return [alone];
    const from = this.#next;
    this.#next += this.#groupSize;
    return this.#jobs.slice(from, this.#next);
  }

  /** How many jobs the next request has. */
  get #groupSize(): number {
    if (this.#lanes === undefined || this.#measured < measuredFirst) return 1;
    const left = this.#jobs.length - this.#next;
    return Math.max(1, Math.min(this.#jobsInGroupMs, Math.ceil((left / this.#lanes) * partOfShare)));
  }

  /** How many requests may be open: few while the next ones depend on what is measured meanwhile. */
  get #mostOpen(): number {
    if (this.#lanes === undefined || this.#jobsInGroupMs < 2) return Number.POSITIVE_INFINITY;
    return openPerLane * this.#lanes;
  }

  /** Before a job has been measured, as many as may be. */
  get #jobsInGroupMs(): number {
    return Math.floor(Math.min(mostInGroup, groupMs / this.#meanMs));
  }

  #outcomesOf(jobs: readonly Job[], outcome: Outcome): JobOutcome[] {
    if (jobs.length === 1) {
      if ("value" in outcome) this.#note((outcome.value as JobValue).tookMs);
      return jobs.map((job) => ({ job, outcome }));
    }
    if (!("value" in outcome)) {
      this.#alone.push(...jobs);
      return [];
    }
    const { worker, reports } = outcome.value as GroupReport;
    this.#jobs.push(...jobs.slice(reports.length));
    // refused, as a function with a time limit is
    if (reports.length === 0) this.#lanes = undefined;
    return reports.flatMap((report, place) => {
      const job = jobs[place];
      this.#note(report.tookMs);
      return job === undefined ? [] : [{ job, report, worker }];
    });
  }

  #note(tookMs: number): void {
    this.#measured += 1;
    const isFirst = this.#measured <= measuredFirst;
    const counted = isFirst ? tookMs : Math.min(tookMs, Math.max(this.#meanMs, 0.01) * mostPerJob);
    const weight = isFirst ? 1 / this.#measured : newWeight;
    this.#meanMs += weight * (counted - this.#meanMs);
  }
}
