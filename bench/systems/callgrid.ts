/** callgrid, through its public interface. */
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type Grid } from "callgrid";
import { WorkerProcesses } from "../run/worker-processes.ts";
import { noWorkerUsage, type Start, type System, type Task, type WorkerUsage } from "../system.ts";
import { poolName, urlOf } from "./callgrid-address.ts";

/** More than any workload queues. */
const queueLimit = 4_000_000;
const anHourMs = 3_600_000;
const pollEveryMs = 20;

export class Callgrid implements System {
  #workers: WorkerProcesses | undefined;
  #grid: Grid | undefined;
  #window: number | undefined;
  #withdrawal = new AbortController();

  async start({ redis, workers, settings }: Start): Promise<void> {
    this.#window = settings.window;
    this.#workers = await WorkerProcesses.start(workers, { system: "callgrid", redis, settings });
    // without workers, where a queue is only filled, no warning is needed
    this.#grid = await connect(urlOf(redis), { queueLimit, noWorkersWarningMs: anHourMs });
  }

  run(tasks: readonly Task[]): Promise<readonly unknown[]> {
    return this.#open().enqueueAll(poolName, tasks, { window: this.#window });
  }

  runOne(task: Task): Promise<unknown> {
    return this.#open().enqueue(poolName, task);
  }

  async queueUp(tasks: readonly Task[]): Promise<void> {
    const grid = this.#open();
    const { signal } = this.#withdrawal;
    grid.enqueueAll(poolName, tasks, { window: tasks.length, signal }).catch(() => undefined);
    while ((await grid.status(poolName)).queued < tasks.length) await sleep(pollEveryMs);
  }

  async workerUsage(): Promise<WorkerUsage> {
    return (await this.#workers?.usage()) ?? noWorkerUsage;
  }

  async stop(): Promise<void> {
    this.#withdrawal.abort();
    await this.#grid?.close();
    await this.#workers?.stop();
  }

  #open(): Grid {
    if (this.#grid === undefined) throw new Error("callgrid was not started");
    return this.#grid;
  }
}
