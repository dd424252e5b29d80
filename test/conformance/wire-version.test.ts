/** A pool whose processes have another wire version: nothing there is read or written, and a pool that they have left is taken over. */
import { randomUUID } from "node:crypto";
import { openStatekeeper, type PoolKeeper, wireVersion } from "@callgrid/statekeeper";
import { Redis } from "ioredis";
import { expect, inject, it, onTestFinished } from "vitest";
import { prefixOf, RedisDumper } from "./redis-dump.ts";
import { claimNames, idOf, joinWorkers, longLeaseMs, payloadOf, submitByClient } from "./stage.ts";

const url = inject("smallRedisUrl");
const otherVersion = String(wireVersion + 1);
const refusal = {
  code: "INCOMPATIBLE_VERSION",
  message: expect.stringMatching(`wire version ${otherVersion}, .* wire version ${wireVersion}: upgrade callgrid here`),
};

async function openPool() {
  const grid = randomUUID();
  const keeper = await openStatekeeper(url, { grid });
  const redis = new Redis(url);
  const dumper = new RedisDumper(url, prefixOf(grid, "pool"));
  onTestFinished(async () => {
    await keeper.close();
    redis.disconnect();
    await dumper.remove(grid, "pool");
    await dumper.close();
  });
  const prefix = prefixOf(grid, "pool");
  return {
    pool: keeper.pool("pool"),
    dump: () => dumper.dump(grid, "pool"),
    version: () => redis.get(`${prefix}wire`),
    /** A process of another version holds a lease, or held one. */
    takeByOthers: async (leaseMs = longLeaseMs) => {
      await redis.set(`${prefix}wire`, otherVersion);
      await redis.zadd(`${prefix}leases`, Date.now() + leaseMs, "other");
    },
  };
}

const operations: Readonly<Record<string, (pool: PoolKeeper) => Promise<unknown>>> = {
  join: (pool) => joinWorkers(pool, "w2"),
  renew: (pool) => pool.renew("w1", longLeaseMs),
  submit: (pool) => submitByClient(pool, "c1", "b"),
  claim: (pool) => claimNames(pool, "w1"),
  complete: (pool) => pool.complete("w1", [{ id: idOf("a"), outcome: "=1", ttlMs: 0, stamp: "v1#0" }], []),
  check: (pool) => pool.check("c1", longLeaseMs, [idOf("a")]),
  sweep: (pool) => pool.sweep({ process: "w1", headLeaseMs: 0, maxAttempts: 3, limit: 10 }),
  leave: (pool) => pool.leave("w1"),
  inspect: (pool) => pool.inspect(),
  functions: (pool) => pool.functions(),
};

it.each(Object.entries(operations))(
  "%s is refused in a pool of another wire version, and changes nothing",
  async (_, run) => {
    const { pool, dump, takeByOthers } = await openPool();
    await joinWorkers(pool, "w1");
    await submitByClient(pool, "c1", "a");
    await takeByOthers();
    const before = await dump();
    await expect(run(pool)).rejects.toMatchObject(refusal);
    expect(await dump()).toEqual(before);
  },
);

it("the first process with a lease makes its wire version the pool's, and a look at the pool does not", async () => {
  const { pool, version } = await openPool();
  await pool.inspect();
  expect(await version()).toBeNull();
  await pool.submit({
    process: "c1",
    leaseMs: longLeaseMs,
    queueLimit: 0,
    submissions: [{ id: idOf("a"), payload: payloadOf("a") }],
  });
  expect(await version()).toBe(String(wireVersion));
});

it("a process whose lease has lapsed makes the pool one of its version again when it renews", async () => {
  const { pool, takeByOthers, version } = await openPool();
  await joinWorkers(pool, "w1");
  await pool.renew("w1", -longLeaseMs);
  await takeByOthers(-longLeaseMs);
  expect(await pool.renew("w1", longLeaseMs)).toBe(true);
  expect(await version()).toBe(String(wireVersion));
  await pool.inspect();
});

it("a pool that all processes of another wire version have left is taken over", async () => {
  const { pool, version, takeByOthers } = await openPool();
  await takeByOthers(-1);
  await joinWorkers(pool, "w1");
  expect(await version()).toBe(String(wireVersion));
});
