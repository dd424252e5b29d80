/** BullMQ, the fast way: jobs by `addBulk` under ids from the benchmark, and one listener for all results. */
import { type Queue, QueueEvents } from "bullmq";
import { PendingValues } from "../pending-values.ts";
import { WorkerProcesses } from "../run/worker-processes.ts";
import { noWorkerUsage, type Start, type System, type Task, type WorkerUsage } from "../system.ts";
import { connectionTo, type JobData, openQueue, queueName } from "./bullmq-queue.ts";

const defaultChunk = 200;

interface NewJob {
  readonly name: string;
  readonly data: JobData;
  readonly opts: { readonly jobId: string };
}

export class BullMq implements System {
  readonly #pending = new PendingValues();
  #workers: WorkerProcesses | undefined;
  #queue: Queue | undefined;
  #events: QueueEvents | undefined;
  #chunk = defaultChunk;
  #lastId = 0;

  async start({ redis, workers, settings }: Start): Promise<void> {
    this.#chunk = settings.chunk ?? defaultChunk;
    this.#queue = openQueue(redis, settings);
    await this.#queue.waitUntilReady();
    // from the stream's beginning: events before the first read would be missed otherwise
    this.#events = new QueueEvents(queueName, { connection: connectionTo(redis), lastEventId: "0" });
    this.#events.on("completed", ({ jobId, returnvalue }) => this.#pending.settle(jobId, returnvalue));
    this.#events.on("failed", ({ jobId, failedReason }) => this.#pending.fail(jobId, failedReason));
    await this.#events.waitUntilReady();
    this.#workers = await WorkerProcesses.start(workers, { system: "bullmq", redis, settings });
  }

  async run(tasks: readonly Task[]): Promise<readonly unknown[]> {
    const jobs = tasks.map((task) => this.#jobOf(task));
    const values = Promise.all(jobs.map(({ opts }) => this.#pending.expect(opts.jobId)));
    await this.#add(jobs);
    return values;
  }

  async runOne(task: Task): Promise<unknown> {
    const { name, data, opts } = this.#jobOf(task);
    const value = this.#pending.expect(opts.jobId);
    await this.#queue?.add(name, data, opts);
    return value;
  }

  queueUp(tasks: readonly Task[]): Promise<void> {
    return this.#add(tasks.map((task) => this.#jobOf(task)));
  }

  async workerUsage(): Promise<WorkerUsage> {
    return (await this.#workers?.usage()) ?? noWorkerUsage;
  }

  async stop(): Promise<void> {
    await this.#workers?.stop();
    await this.#events?.disconnect();
    await this.#queue?.disconnect();
  }

  async #add(jobs: readonly NewJob[]): Promise<void> {
    const adding: Array<Promise<unknown> | undefined> = [];
    for (let from = 0; from < jobs.length; from += this.#chunk)
      adding.push(this.#queue?.addBulk(jobs.slice(from, from + this.#chunk)));
    await Promise.all(adding);
  }

  #jobOf(task: Task): NewJob {
    this.#lastId += 1;
    return { name: "task", data: { task }, opts: { jobId: `client-${this.#lastId}` } };
  }
}
