/**
 * The floor: what two bare Redis lists cost over ioredis, with no leases, errors, cache or recovery. It shows how much of
 * a figure is Redis and the network themselves.
 */
import { Redis } from "ioredis";
import { WorkerProcesses } from "../run/worker-processes.ts";
import { noWorkerUsage, type Start, type System, type Task, type WorkerUsage } from "../system.ts";
import { forEver, readResult, resultList, taskItem, taskList } from "./floor-lists.ts";

interface Connections {
  readonly commands: Redis;
  /** Blocks while there is nothing to read. */
  readonly results: Redis;
}

export class Floor implements System {
  #workers: WorkerProcesses | undefined;
  #connections: Connections | undefined;
  #batch = 1;

  async start({ redis, workers, settings }: Start): Promise<void> {
    this.#batch = settings.batch ?? 1;
    this.#connections = { commands: new Redis({ ...redis }), results: new Redis({ ...redis }) };
    this.#workers = await WorkerProcesses.start(workers, { system: "floor", redis, settings });
  }

  async run(tasks: readonly Task[]): Promise<readonly unknown[]> {
    const values = this.#readAll(tasks.length);
    await this.queueUp(tasks);
    return values;
  }

  async runOne(task: Task): Promise<unknown> {
    const values = this.#readAll(1);
    void this.#open().commands.rpush(taskList, taskItem(0, task));
    return (await values)[0];
  }

  async queueUp(tasks: readonly Task[]): Promise<void> {
    const { commands } = this.#open();
    const items = tasks.map((task, index) => taskItem(index, task));
    const pushes: Array<Promise<number>> = [];
    for (let from = 0; from < items.length; from += this.#batch)
      pushes.push(commands.rpush(taskList, ...items.slice(from, from + this.#batch)));
    await Promise.all(pushes);
  }

  async workerUsage(): Promise<WorkerUsage> {
    return (await this.#workers?.usage()) ?? noWorkerUsage;
  }

  async stop(): Promise<void> {
    await this.#workers?.stop();
    this.#connections?.commands.disconnect();
    this.#connections?.results.disconnect();
  }

  #open(): Connections {
    if (this.#connections === undefined) throw new Error("the floor was not started");
    return this.#connections;
  }

  async #readAll(count: number): Promise<readonly unknown[]> {
    const values = new Array<unknown>(count);
    for (let got = 0; got < count; ) {
      for (const item of await this.#readSome()) {
        const [index, value] = readResult(item);
        values[index] = value;
        got += 1;
      }
    }
    return values;
  }

  async #readSome(): Promise<readonly string[]> {
    const { results } = this.#open();
    if (this.#batch === 1) return ((await results.blpop(resultList, forEver)) ?? []).slice(1);
    const reply = await results.blmpop(forEver, 1, resultList, "LEFT", "COUNT", this.#batch);
    return reply?.[1] ?? [];
  }
}
