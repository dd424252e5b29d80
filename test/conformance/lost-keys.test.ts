/** Keys that are derived from others, or counted along: one that is lost is made again by sweeping, and every request is answered. */
import { randomUUID } from "node:crypto";
import { openStatekeeper, type PoolKeeper, type Statekeeper } from "@callgrid/statekeeper";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { prefixOf, RedisDumper } from "./redis-dump.ts";
import {
  claimNames,
  idOf,
  joinWorkers,
  lapse,
  longLeaseMs,
  payloadOf,
  submitByClient,
  submitByWorker,
} from "./stage.ts";

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

const sweepOnce = (pool: PoolKeeper) =>
  pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 100 });

it("members without leases get new ones, and those that are dead are retired by them", async () => {
  const name = randomUUID();
  const pool = keeper.pool(name);
  await joinWorkers(pool, "w1", "w2");
  await submitByClient(pool, "c1", "a");
  expect(await claimNames(pool, "w1")).toEqual(["a"]);
  await lose(`${prefixOf(grid, name)}leases`);
  await submitByClient(pool, "c1", "a");
  await sweepOnce(pool);
  expect((await pool.inspect()).members.map(({ id, leaseLeftMs }) => [id, leaseLeftMs > 0])).toEqual([
    ["w1", true],
    ["w2", true],
  ]);
  await lapse(pool, "w1");
  expect((await sweepOnce(pool)).lapsedWorkers).toEqual(["w1"]);
  expect(await claimNames(pool, "w2")).toEqual(["a"]);
  await dumper.remove(grid, name);
});

it.each(["requests", "claims"])("notes on %s are gone after them", async (key) => {
  const name = randomUUID();
  const pool = keeper.pool(name);
  await joinWorkers(pool, "w1", "w2");
  await submitByClient(pool, "c1", "a", "b");
  expect(await claimNames(pool, "w1", { max: 1 })).toEqual(["a"]);
  await pool.mark("w1", [{ id: idOf("a"), waitsFor: [idOf("b")] }], []);
  await lose(`${prefixOf(grid, name)}${key}`);
  await sweepOnce(pool);
  const { claims, notes } = await leftOf(name);
  expect([claims, notes]).toEqual([0, 0]);
  await submitByClient(pool, "c1", "a", "b");
  expect((await claimNames(pool, "w2", { budgetMicros: 1e18 })).toSorted()).toEqual(["a", "b"]);
  await dumper.remove(grid, name);
});

async function leftOf(name: string): Promise<{ claims: number; notes: number }> {
  const [claims, notes] = await Promise.all(
    ["claims", "notes"].map((key) => redis.hlen(`${prefixOf(grid, name)}${key}`)),
  );
  return { claims: claims ?? 0, notes: notes ?? 0 };
}
