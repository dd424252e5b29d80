/** Piscina: threads of the client's own process, without network or Redis, so it knows no other machine. */
import { Piscina } from "piscina";
import { noWorkerUsage, type Start, type System, type Task, type WorkerUsage } from "../system.ts";

const filename = new URL("./piscina-thread.js", import.meta.url).href;

export class PiscinaSystem implements System {
  #pool: Piscina<Task, unknown> | undefined;

  async start({ workers, settings }: Start): Promise<void> {
    const { concurrency: concurrentTasksPerWorker = 1, atomics = "sync" } = settings;
    const threads = { minThreads: workers, maxThreads: workers, concurrentTasksPerWorker };
    this.#pool = new Piscina<Task, unknown>({ filename, ...threads, atomics });
  }

  run(tasks: readonly Task[]): Promise<readonly unknown[]> {
    return Promise.all(tasks.map((task) => this.runOne(task)));
  }

  runOne(task: Task): Promise<unknown> {
    if (this.#pool === undefined) throw new Error("Piscina was not started");
    return this.#pool.run(task);
  }

  async workerUsage(): Promise<WorkerUsage> {
    return noWorkerUsage;
  }

  async stop(): Promise<void> {
    await this.#pool?.destroy();
  }
}
