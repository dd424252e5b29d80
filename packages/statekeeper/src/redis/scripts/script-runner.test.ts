/** How scripts get to Redis. */
import { Redis } from "ioredis";
import { expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../../../../../test/harness/redis-server.ts";
import type { PoolKeeper } from "../../contract/pool-keeper.ts";
import { openStatekeeper } from "../open.ts";

function gathered(pool: PoolKeeper, ask: () => Array<Promise<unknown>>): Promise<unknown> {
  let answers: Array<Promise<unknown>> = [];
  pool.gather(() => {
    answers = ask();
  });
  return Promise.all(answers);
}

it("what is gathered reaches Redis in one piece", async () => {
  const server = await RedisServer.start();
  const statekeeper = await openStatekeeper(server.url, { grid: "grid" });
  const watcher = new Redis(server.url);
  onTestFinished(async () => {
    watcher.disconnect();
    await statekeeper.close();
    await server.stop();
  });
  const pool = statekeeper.pool("pool");
  const reads = async (): Promise<number> =>
    Number(/total_reads_processed:(\d+)/.exec(await watcher.info("stats"))?.[1]);
  await pool.functions();
  const before = await reads();
  const turns = 100;
  for (let turn = 0; turn < turns; turn += 1)
    await gathered(pool, () => [pool.functions(), pool.locate([]), pool.renew("c1", 1_000)]);
  expect((await reads()) - before).toBeLessThan(1.5 * turns);
});
