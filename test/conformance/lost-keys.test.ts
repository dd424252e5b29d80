/** Keys that are derived from others, or counted along: one that is lost is made again by sweeping, and every request is answered. */
import { randomUUID } from "node:crypto";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { prefixOf, RedisDumper } from "./redis-dump.ts";
import { claimNames, idOf, joinWorkers, longLeaseMs, payloadOf, submitByClient, submitByWorker } from "./stage.ts";

const grid = randomUUID();
let keeper: Statekeeper;
let redis: Redis;
let dumper: RedisDumper;

beforeAll(async () => {
  keeper = await openStatekeeper(inject("smallRedisUrl"), { grid });
  redis = new Redis(inject("smallRedisUrl"));
  dumper = new RedisDumper(inject("smallRedisUrl"));
});

afterAll(async () => {
  await keeper.close();
  redis.disconnect();
  await dumper.close();
});

const lose = (key: string) => redis.del(key);

it.each([
  ["the number of those that wait", "waiting", lose],
  ["the number of those that wait, which is too high", "waiting", (key: string) => redis.incrby(key, 50)],
  ["a caller's queue", "caller:0:c1", lose],
  ["the line of callers", "callers:0", lose],
  ["the line of priorities", "priorities", lose],
  ["the pool's queue", "queue-of-pool", lose],
  ["a worker's own queue", "queue:w1", lose],
  ["what a worker runs", "running:w1", lose],
  ["who has which function", "holders", lose],
  ["the counters", "stats", lose],
  ["what was passed over", "passed:queue-of-pool", lose],
] as const)("%s: once lost, it is made again", async (_, key, spoil) => {
  const name = randomUUID();
  const pool = keeper.pool(name);
  const sweep = () => pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 100 });
  await joinWorkers(pool, "w1", "w2");
  await submitByClient(pool, "c1", "a", "b", "c");
  expect(await claimNames(pool, "w1", { max: 1 })).toEqual(["a"]);
  const submissions = [{ id: idOf("d"), payload: payloadOf("d") }];
  await pool.submit({ process: "w1", leaseMs: 0, queueLimit: 0, isReentrant: true, submissions });
  await submitByWorker(pool, "w1", "e");
  const { counters: _before, passed: _passed, turns, ...before } = await dumper.dump(grid, name);
  await spoil(`${prefixOf(grid, name)}${key}`);
  await sweep();
  const { counters, passed, turns: newTurns, head, volunteers, ...after } = await dumper.dump(grid, name);
  expect(after).toEqual({ ...before, head: undefined, volunteers: undefined });
  expect(Object.keys(newTurns)).toEqual(Object.keys(turns));
  expect((await claimNames(pool, "w2", { budgetMicros: 1e18 })).toSorted()).toEqual(["b", "c", "d"]);
  expect(await claimNames(pool, "w1")).toEqual(["e"]);
  await dumper.remove(grid, name);
});
