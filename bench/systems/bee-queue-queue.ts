/** bee-queue with results reported by the queue, under ids from the benchmark: its per-job events sometimes do not arrive. */
import BeeQueue from "bee-queue";
import { PendingValues } from "../pending-values.ts";
import type { RedisAddress, Task } from "../system.ts";

const queueName = "bench";

export type TaskQueue = BeeQueue<Task>;

/** A queue to take work from. */
export function openWorkQueue(redis: RedisAddress): TaskQueue {
  return new BeeQueue<Task>(queueName, {
    redis: { ...redis },
    getEvents: false,
    storeJobs: false,
    removeOnSuccess: true,
  });
}

/** A queue to ask for work, and to receive its results. */
export class AskingQueue {
  readonly #pending = new PendingValues();
  readonly #queue: TaskQueue;
  readonly #idPrefix: string;
  #lastId = 0;

  constructor(redis: RedisAddress, idPrefix: string) {
    this.#idPrefix = idPrefix;
    this.#queue = new BeeQueue<Task>(queueName, { redis: { ...redis }, isWorker: false, storeJobs: false });
    this.#queue.on("job succeeded", (id, value) => this.#pending.settle(id, value));
    this.#queue.on("job failed", (id, { message }) => this.#pending.fail(id, message));
    this.#queue.on("error", () => undefined);
  }

  async ready(): Promise<void> {
    await this.#queue.ready();
  }

  async ask(tasks: readonly Task[]): Promise<readonly unknown[]> {
    const jobs = tasks.map((task) => this.#jobOf(task));
    const values = Promise.all(jobs.map(({ id }) => this.#pending.expect(id)));
    await this.#save(jobs);
    return values;
  }

  async askOne(task: Task): Promise<unknown> {
    const job = this.#jobOf(task);
    const value = this.#pending.expect(job.id);
    await job.save();
    return value;
  }

  queueUp(tasks: readonly Task[]): Promise<void> {
    return this.#save(tasks.map((task) => this.#jobOf(task)));
  }

  async close(): Promise<void> {
    await this.#queue.close(1).catch(() => undefined);
  }

  async #save(jobs: BeeQueue.Job<Task>[]): Promise<void> {
    const errors = await this.#queue.saveAll(jobs);
    for (const error of errors.values()) throw error;
  }

  #jobOf(task: Task): BeeQueue.Job<Task> {
    this.#lastId += 1;
    return this.#queue.createJob(task).setId(`${this.#idPrefix}-${this.#lastId}`);
  }
}
