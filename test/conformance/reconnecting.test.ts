/** What listeners learn when the statekeeper was away: Redis behind a broken link or restarted empty, or the memory emptied. */
import { randomUUID } from "node:crypto";
import { MemoryStatekeeper, openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { Redis } from "ioredis";
import { describe, expect, it, onTestFinished } from "vitest";
import { RedisServer } from "../harness/redis-server.ts";
import { idOf, submitByClient } from "./stage.ts";

/** Listens for a client; `reconnected` and `received` resolve at the next such event. */
function listenFor(pool: PoolKeeper, process: string) {
  const events = { reconnected: () => {}, received: (_: string) => {} };
  const listener = pool.listen(process, {
    onMessages: ([first]) => events.received(first !== undefined && "id" in first ? first.id : "none"),
    onReconnect: () => events.reconnected(),
  });
  onTestFinished(() => listener.close());
  return {
    reconnected: () =>
      new Promise<void>((resolve) => {
        events.reconnected = resolve;
      }),
    received: () =>
      new Promise<string>((resolve) => {
        events.received = resolve;
      }),
  };
}

/** A Redis of the test's own, since it gets broken. */
async function startRedis() {
  const server = await RedisServer.start();
  onTestFinished(() => server.stop());
  const keeper = await openStatekeeper(server.url, { grid: randomUUID() });
  onTestFinished(() => keeper.close());
  const control = new Redis(new URL(server.url).pathname);
  control.on("error", () => undefined);
  onTestFinished(() => control.disconnect());
  return { server, control, pool: keeper.pool("pool") };
}

/** Has an outcome sent, which also shows that the inbox is being read. */
async function sendOutcome(pool: PoolKeeper, name: string): Promise<void> {
  await submitByClient(pool, "c1", name);
  await pool.complete("w1", [{ id: idOf(name), outcome: "=1", ttlMs: 0, stamp: "v1#0" }], []);
}

/** A listener whose inbox is known to be read, on a Redis of its own. */
async function startListening() {
  const redis = await startRedis();
  const listener = listenFor(redis.pool, "c1");
  const first = listener.received();
  await sendOutcome(redis.pool, "a");
  expect(await first).toBe(idOf("a"));
  return { ...redis, listener };
}

/** Cuts all connections but its own, and waits until the listener's is back. */
async function cutConnections({ control, listener }: Awaited<ReturnType<typeof startListening>>): Promise<void> {
  const reconnected = listener.reconnected();
  await control.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
  await reconnected;
}

describe("a listener on Redis", () => {
  it("has the pool count how often its connection was lost, and for how long", async () => {
    const listening = await startListening();
    const { pool } = listening;
    await cutConnections(listening);
    await expect.poll(async () => (await pool.inspect()).counters["disconnections"]).toBe(1);
    expect((await pool.inspect()).counters["disconnectedMs"]).toBeLessThan(30_000);
  });

  it("is notified when its connection is back, and goes on to receive", async () => {
    const listening = await startListening();
    await cutConnections(listening);
    const second = listening.listener.received();
    await sendOutcome(listening.pool, "b");
    expect(await second).toBe(idOf("b"));
  });

  it("is notified once more later, since the server may have served the old link in between", async () => {
    const listening = await startListening();
    await cutConnections(listening);
    await listening.listener.reconnected();
  });

  it("is notified when Redis restarted empty, and goes on to receive", async () => {
    const { server, pool, listener } = await startListening();
    const reconnected = listener.reconnected();
    await server.restart();
    await reconnected;
    expect(await pool.check("c1", 0, [idOf("a")])).toEqual([{ kind: "unknown" }]);
    const second = listener.received();
    await sendOutcome(pool, "b");
    expect(await second).toBe(idOf("b"));
  });
});

describe("a listener in memory", () => {
  it("is notified when the statekeeper was emptied, and goes on to receive", async () => {
    const keeper = new MemoryStatekeeper();
    const pool = keeper.pool("pool");
    const listener = listenFor(pool, "c1");
    const reconnected = listener.reconnected();
    await submitByClient(pool, "c1", "a");
    keeper.empty();
    await reconnected;
    expect(pool.dump()).toEqual(new MemoryStatekeeper().pool("pool").dump());
    const received = listener.received();
    await sendOutcome(pool, "b");
    expect(await received).toBe(idOf("b"));
  });
});
