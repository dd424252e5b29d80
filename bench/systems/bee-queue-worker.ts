/**
 * A worker of bee-queue. It knows no parents and children, so a nested task waits where it runs: that hangs unless
 * `concurrency` is larger than the number of tasks that wait at the same time.
 */
import { childrenOf, combine, isNested } from "../nested-tasks.ts";
import type { StartWork } from "../run/worker-messages.ts";
import type { Task } from "../system.ts";
import { evaluate } from "../tasks.ts";
import { AskingQueue, openWorkQueue } from "./bee-queue-queue.ts";

export const startWork: StartWork = async ({ redis, settings }) => {
  const { concurrency = 1, nesting } = settings;
  const asking = nesting === undefined ? undefined : new AskingQueue(redis, `worker-${process.pid}`);
  await asking?.ready();
  const queue = openWorkQueue(redis);
  queue.on("error", () => undefined);
  queue.process(concurrency, async ({ data }) => evaluateTask(data, asking));
  await queue.ready();
};

async function evaluateTask(task: Task, asking: AskingQueue | undefined): Promise<unknown> {
  if (asking === undefined || !isNested(task)) return evaluate(task);
  const children = childrenOf(task);
  return combine(task, children.length === 0 ? [] : await asking.ask(children));
}
