/** No system at all: the same functions one after the other, in this very process. */
import { noWorkerUsage, type System, type Task, type WorkerUsage } from "../system.ts";
import { evaluate } from "../tasks.ts";

export class Plain implements System {
  async start(): Promise<void> {}

  async run(tasks: readonly Task[]): Promise<readonly unknown[]> {
    const values: unknown[] = [];
    for (const task of tasks) values.push(await evaluate(task));
    return values;
  }

  async runOne(task: Task): Promise<unknown> {
    return evaluate(task);
  }

  async workerUsage(): Promise<WorkerUsage> {
    return noWorkerUsage;
  }

  async stop(): Promise<void> {}
}
