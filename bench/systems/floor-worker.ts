/** A worker of the floor: takes from one list, and pushes to the other. */
import { Redis } from "ioredis";
import type { StartWork } from "../run/worker-messages.ts";
import { evaluate } from "../tasks.ts";
import { forEver, readTask, resultItem, resultList, taskList } from "./floor-lists.ts";

export const startWork: StartWork = async ({ redis, settings }) => {
  const connection = new Redis({ ...redis });
  await connection.ping();
  void work(connection, settings.batch ?? 1);
};

async function work(connection: Redis, batch: number): Promise<never> {
  for (;;) {
    const results: string[] = [];
    for (const item of await readSome(connection, batch)) {
      const [index, task] = readTask(item);
      results.push(resultItem(index, await evaluate(task)));
    }
    // not waited for: the next read is sent behind it
    if (results.length > 0) void connection.rpush(resultList, ...results);
  }
}

async function readSome(connection: Redis, batch: number): Promise<readonly string[]> {
  if (batch === 1) return ((await connection.blpop(taskList, forEver)) ?? []).slice(1);
  return (await connection.blmpop(forEver, 1, taskList, "LEFT", "COUNT", batch))?.[1] ?? [];
}
