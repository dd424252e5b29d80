/** What becomes of large values that are gone before somebody reads them. */
import { Redis } from "ioredis";
import { beforeAll, expect, it } from "vitest";
import { RedisServer } from "../../../../test/harness/redis-server.ts";
import type { InboxMessage, PoolKeeper, Statekeeper } from "../contract.ts";
import { openStatekeeper } from "./open.ts";

const leaseMs = 3_600_000;
const id = "a".repeat(22);
const payload = JSON.stringify(["work", "x".repeat(70_000)]);
const outcome = `="${"x".repeat(70_000)}"`;

let statekeeper: Statekeeper;
let redis: Redis;

beforeAll(async () => {
  const server = await RedisServer.start();
  statekeeper = await openStatekeeper(server.url, { grid: "grid" });
  redis = new Redis(server.url);
  return async () => {
    redis.disconnect();
    await statekeeper.close();
    await server.stop();
  };
});

/** A pool with one volunteer, which is given a large request. */
async function poolWithVolunteer(name: string): Promise<PoolKeeper> {
  const pool = statekeeper.pool(name);
  await pool.join({ id: "w1", kind: "worker", leaseMs, description: {}, functions: new Map([["work", "v1"]]) });
  const { epoch } = await pool.functions();
  const limits = { max: 1, budgetMicros: 1e12, volunteerFor: 1 };
  await pool.claim({ worker: "w1", epoch, skips: [], isOpenToRoots: true, ...limits });
  await pool.submit({ process: "c1", leaseMs, queueLimit: 0, submissions: [{ id, payload }] });
  return pool;
}

function received(pool: PoolKeeper, process: string): Promise<readonly InboxMessage[]> {
  return new Promise((resolve) => {
    const listener = pool.listen(process, {
      onMessages: (messages) => {
        void listener.close();
        resolve(messages);
      },
      onReconnect: () => undefined,
    });
  });
}

it("a volunteer hears nothing of a claim that was withdrawn meanwhile, but that it was", async () => {
  const pool = await poolWithVolunteer("withdrawn");
  await pool.withdraw("c1", [id]);
  expect(await received(pool, "w1")).toEqual([{ kind: "cancel", id }]);
});

it("a result that was evicted stays a reference, and nobody knows of it", async () => {
  const pool = await poolWithVolunteer("evicted");
  await pool.complete("w1", [{ id, outcome, ttlMs: leaseMs, stamp: "v1#0" }], []);
  await redis.del(`callgrid:{grid:evicted}:result:${id}`);
  expect(await received(pool, "c1")).toEqual([{ kind: "reference", id }]);
  expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "unknown" }]);
});

it("neither a large payload nor a large result is in a message", async () => {
  const pool = await poolWithVolunteer("kept");
  await pool.complete("w1", [{ id, outcome, ttlMs: leaseMs, stamp: "v1#0" }], []);
  expect(await redis.get(`callgrid:{grid:kept}:result:${id}`)).toBe(`v1#0 ${outcome}`);
  const inboxes = await Promise.all(
    ["w1", "c1"].map((process) => redis.lrange(`callgrid:{grid:kept}:inbox:${process}`, 0, -1)),
  );
  expect(inboxes.flat().map((text) => text.length < 100)).toEqual([true, true]);
  expect(await received(pool, "c1")).toEqual([{ kind: "outcome", id, outcome }]);
});
