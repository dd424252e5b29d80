/** Large values that are gone before they are read. */
import { Redis } from "ioredis";
import { beforeAll, expect, it } from "vitest";
import { RedisServer } from "../../../../test/harness/redis-server.ts";
import type { ClaimReply, InboxMessage } from "../contract/contract.ts";
import type { PoolKeeper, Statekeeper } from "../contract/pool-keeper.ts";
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
  await claimOne(pool);
  await pool.submit({ process: "c1", leaseMs, queueLimit: 0, submissions: [{ id, payload }] });
  return pool;
}

/** The first epoch is that of the one function. */
function claimOne(pool: PoolKeeper): Promise<ClaimReply> {
  const limits = { max: 1, budgetMicros: 1e12, volunteerFor: 1 };
  return pool.claim({ worker: "w1", epoch: 1, skips: [], reach: "roots", ...limits });
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

it("a volunteer is notified of a claim that was withdrawn meanwhile, so it knows that it is not a volunteer any more", async () => {
  const pool = await poolWithVolunteer("withdrawn");
  await pool.withdraw("c1", [id]);
  const cancel = { kind: "cancel", id };
  expect(await received(pool, "w1")).toEqual([cancel, cancel]);
});

it("a worker whose claims are gone before it reads them is ordered to claim again", async () => {
  const pool = await poolWithVolunteer("gone");
  await pool.release("w1", [id]);
  const claiming = claimOne(pool);
  await Promise.all([claiming, pool.withdraw("c1", [id])]);
  expect(await claiming).toMatchObject({ kind: "again", claims: [] });
});

it("a request whose payload was evicted is unknown, and whole again once it is handed in again", async () => {
  const pool = await poolWithVolunteer("evicted-payload");
  await redis.del("callgrid:{grid:evicted-payload}:payloads");
  expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "unknown" }]);
  await pool.submit({ process: "c1", leaseMs, queueLimit: 0, submissions: [{ id, payload }] });
  expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "pending" }]);
  expect((await pool.reconcile("w1", [])).claims).toMatchObject([{ id, payload }]);
});

it("a large result takes no more memory than it needs", async () => {
  const pool = await poolWithVolunteer("memory");
  const large = `="${"x".repeat(1_000_000)}"`;
  await pool.complete("w1", [{ id, outcome: large, ttlMs: leaseMs, stamp: "v1#0" }], []);
  const key = `callgrid:{grid:memory}:value:${id}`;
  expect(await redis.memory("USAGE", key)).toBeLessThan(1_200_000);
  expect(await redis.pttl(key)).toBeGreaterThan(leaseMs - 60_000);
});

it("many large messages come in order, and those before them do not wait for all", async () => {
  const pool = await poolWithVolunteer("many");
  const ids = Array.from({ length: 40 }, (_, index) => String(index).padEnd(22, "b"));
  await pool.submit({ process: "c2", leaseMs, queueLimit: 0, submissions: ids.map((one) => ({ id: one, payload })) });
  const completions = ids.map((one) => ({ id: one, outcome, ttlMs: leaseMs, stamp: "v1#0" }));
  await pool.complete("w1", completions, []);
  const parts: Array<readonly InboxMessage[]> = [];
  await new Promise<void>((resolve) => {
    const listener = pool.listen("c2", {
      onMessages: (messages) => {
        parts.push(messages);
        if (parts.flat().length < ids.length) return;
        void listener.close();
        resolve();
      },
      onReconnect: () => undefined,
    });
  });
  expect(parts.flat()).toEqual(ids.map((one) => ({ kind: "outcome", id: one, outcome, stamp: "v1#0" })));
  expect(parts.length).toBe(3);
});

it("a result that was evicted stays a reference, and no one knows of it", async () => {
  const pool = await poolWithVolunteer("evicted");
  await pool.complete("w1", [{ id, outcome, ttlMs: leaseMs, stamp: "v1#0" }], []);
  await redis.del(`callgrid:{grid:evicted}:value:${id}`);
  expect(await received(pool, "c1")).toEqual([{ kind: "reference", id }]);
  expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "unknown" }]);
});

it("neither a large payload nor a large result is in a message", async () => {
  const pool = await poolWithVolunteer("kept");
  await pool.complete("w1", [{ id, outcome, ttlMs: leaseMs, stamp: "v1#0" }], []);
  expect(await redis.get(`callgrid:{grid:kept}:value:${id}`)).toBe(`v1#0 ${outcome}`);
  const inboxes = await Promise.all(
    ["inbox:w1", "outcomes:c1"].map((list) => redis.lrange(`callgrid:{grid:kept}:${list}`, 0, -1)),
  );
  expect(inboxes.flat().map((text) => text.length < 100)).toEqual([true, true]);
  expect(await received(pool, "c1")).toEqual([{ kind: "outcome", id, outcome, stamp: "v1#0" }]);
});
