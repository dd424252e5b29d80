/**
 * The durable runs of a grid: jobs of BullMQ. Delay, schedule, attempts, progress and log are BullMQ's own, so that whatever
 * knows its queues, such as Bull Board, shows runs as they are.
 */
import { GridError } from "@callgrid/core";
import { optionsFor, parseRedisUrl } from "@callgrid/statekeeper";
import { type ConnectionOptions, type Job, Queue } from "bullmq";
import { CutLog } from "./cut-log.ts";
import { checkRun, type RunJobData, type RunSpec } from "./run-spec.ts";

/** Where the runs of a grid are. */
export interface RunPlace {
  /** The URL of the Redis. */
  readonly url: string;
  /** The name of the grid. */
  readonly grid: string;
}

/** A run as lists show it. */
export interface RunSummary {
  readonly id: string;
  readonly name: string;
  /** BullMQ's words: `waiting`, `delayed`, `active`, `completed`, `failed` and so on. */
  readonly state: string;
  /** What is done of it, from 0 to 1; undefined while nobody knows. */
  readonly done: number | undefined;
  readonly submittedMs: number;
  readonly attempts: number;
  /** What it came to, once it is completed. */
  readonly result: unknown;
  /** Why it failed, if it did. */
  readonly reason: string | undefined;
  /** The job's data. */
  readonly spec: RunJobData;
}

const states = ["active", "waiting", "delayed", "prioritized", "completed", "failed"] as const;
const keptSeconds = 30 * 86_400;
const keptRuns = { age: keptSeconds, count: 10_000 };

/** The name of the queue of a grid's runs. */
export function runQueueName(grid: string): string {
  return `callgrid-runs-${grid}`;
}

/** How long a link may be silent while an answer is due, in ms: a worker of BullMQ waits for work for up to 10 s. */
const silenceMs = { commands: 5_000, work: 15_000 } as const;

/**
 * How BullMQ connects there. On a Cluster its keys get a hash tag, so that they are of one slot, which the connection follows.
 *
 * @param use - `work` for a worker of BullMQ, which waits on its connection.
 */
export function runConnection(
  { url, grid }: RunPlace,
  use: keyof typeof silenceMs = "commands",
): { connection: ConnectionOptions; prefix: string } {
  const address = parseRedisUrl(url);
  const prefix = address.clusterNodes === undefined ? "bull" : `{${runQueueName(grid)}}`;
  const { reconnectOnError, ...options } = optionsFor(address, prefix);
  const connection = {
    ...options,
    socketTimeout: silenceMs[use],
    maxRetriesPerRequest: null,
    // BullMQ would give up on a slot that moves
    reconnectOnError: (error: Error) =>
      /^(ASK|TRYAGAIN)\b/.test(error.message) ? 2 : (reconnectOnError?.(error) ?? false),
  };
  // both mean the options of ioredis; BullMQ's type alone minds a property that is there and undefined
  return { connection: connection as ConnectionOptions, prefix };
}

/** See the head of this file. Close it when done. */
export class RunQueue {
  readonly #queue: Queue<RunJobData>;

  constructor(place: RunPlace) {
    this.#queue = new Queue(runQueueName(place.grid), { ...runConnection(place), skipVersionCheck: true });
    // commands tell of the same trouble; an error that nobody listens to would be thrown
    this.#queue.on("error", () => undefined);
  }

  /**
   * Keeps a run until a runner carries it out; resolves to its id (that of the schedule, where it has one).
   *
   * @throws GridError `INVALID_OPTION` under the option's name.
   */
  async submit(spec: RunSpec): Promise<string> {
    const data = checkRun(spec);
    const { name, delayMs, cron, attempts, backoffMs } = data.options;
    const backoff = { type: "exponential", delay: backoffMs };
    const options = { attempts, backoff, removeOnComplete: keptRuns, removeOnFail: keptRuns };
    if (cron === undefined) return idOf(await this.#queue.add(name, data, { ...options, delay: delayMs }));
    await this.#queue.upsertJobScheduler(name, { pattern: cron }, { name, data, opts: options });
    return name;
  }

  /** The runs that are kept, the newest first. */
  async list(): Promise<RunSummary[]> {
    const jobs = await Promise.all(
      states.map(async (state) => (await this.#queue.getJobs([state])).map((job) => summaryOf(job, state))),
    );
    return jobs.flat().sort((a, b) => b.submittedMs - a.submittedMs);
  }

  /** One run; throws `INVALID_OPTION` for an id that no run has. */
  async show(id: string): Promise<RunSummary> {
    // the state before the rest: what is read after a run has failed says why
    const state = await this.#queue.getJobState(id);
    return summaryOf(await this.#find(id), state);
  }

  /** What a run's runners have noted, the oldest first. */
  async logs(id: string): Promise<string[]> {
    await this.#find(id);
    return (await this.#queue.getJobLogs(id)).logs;
  }

  /** Has a run given up, as soon as its runner hears of it, or takes it. It is kept as failed, and can be resumed. */
  async cancel(id: string): Promise<void> {
    const job = await this.#find(id);
    await job.updateData({ ...job.data, isCancelled: true });
  }

  /** Has a run that failed or was cancelled tried again; it goes on from its finished chunks. */
  async resume(id: string): Promise<void> {
    const job = await this.#find(id);
    const { isCancelled: _, ...data } = job.data;
    await job.updateData(data);
    if ((await job.getState()) === "failed") await job.retry("failed", { resetAttemptsMade: true });
  }

  /** Whether a run is to be given up. */
  async isCancelled(id: string): Promise<boolean> {
    return (await this.#queue.getJob(id))?.data.isCancelled === true;
  }

  /** How a run has been cut so far; see {@link CutLog}. */
  async cutsOf(id: string): Promise<CutLog> {
    const client = await this.#queue.getBackend().client;
    return CutLog.open({ client, key: this.#queue.toKey(`${id}:cuts`), keptMs: keptSeconds * 1_000 });
  }

  /** Also while its Redis is away: nothing is under way any more, so there is nothing to wait for. */
  async close(): Promise<void> {
    await this.#queue.getBackend().close(true);
    await this.#queue.close();
  }

  async #find(id: string): Promise<Job<RunJobData>> {
    const job = await this.#queue.getJob(id);
    if (job !== undefined) return job;
    throw new GridError("INVALID_OPTION", `there is no run ${id}; callgrid runs list shows those that there are`, {
      details: { id },
    });
  }
}

function idOf({ id = "" }: Job): string {
  return id;
}

function summaryOf(job: Job<RunJobData>, state: string): RunSummary {
  const { doneUnits, totalUnits } = (job.progress ?? {}) as { doneUnits?: number; totalUnits?: number };
  const isKnown = doneUnits !== undefined && totalUnits !== undefined;
  const done = isKnown ? (totalUnits === 0 ? 1 : doneUnits / totalUnits) : undefined;
  return {
    ...{ id: idOf(job), name: job.name, state, done, submittedMs: job.timestamp, attempts: job.attemptsMade },
    ...{ result: job.returnvalue, reason: job.failedReason, spec: job.data },
  };
}
