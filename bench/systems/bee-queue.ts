/** bee-queue: `saveAll`, and the queue's own event for results. */

import { WorkerProcesses } from "../run/worker-processes.ts";
import { noWorkerUsage, type Start, type System, type Task, type WorkerUsage } from "../system.ts";
import { AskingQueue } from "./bee-queue-queue.ts";

export class BeeQueueSystem implements System {
  #workers: WorkerProcesses | undefined;
  #queue: AskingQueue | undefined;

  async start({ redis, workers, settings }: Start): Promise<void> {
    this.#queue = new AskingQueue(redis, "client");
    await this.#queue.ready();
    this.#workers = await WorkerProcesses.start(workers, { system: "bee-queue", redis, settings });
  }

  run(tasks: readonly Task[]): Promise<readonly unknown[]> {
    return this.#open().ask(tasks);
  }

  runOne(task: Task): Promise<unknown> {
    return this.#open().askOne(task);
  }

  queueUp(tasks: readonly Task[]): Promise<void> {
    return this.#open().queueUp(tasks);
  }

  async workerUsage(): Promise<WorkerUsage> {
    return (await this.#workers?.usage()) ?? noWorkerUsage;
  }

  async stop(): Promise<void> {
    await this.#workers?.stop();
    await this.#queue?.close();
  }

  #open(): AskingQueue {
    if (this.#queue === undefined) throw new Error("bee-queue was not started");
    return this.#queue;
  }
}
