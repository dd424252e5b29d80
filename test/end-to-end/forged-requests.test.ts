/**
 * Requests that were written into Redis under the id of another request, by a caller with the rights of deploy/redis: their value is kept
 * for no caller, and callers of other requests get their values. The same holds for outcomes that it writes to waiting callers.
 */
import { encodeRequest, requestId } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { connect, define, startDistributor, startWorker } from "callgrid";
import { Redis } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { userRule } from "../deploy/access.ts";
import { LogTape } from "../harness/log-tape.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const grid = "least";
const price = define("price", { version: "1" }, (x: unknown) => (x instanceof Date ? x.getTime() : Number(x)) * 10);

/** A server with a pool that has one worker, and a caller who writes there by hand. */
async function openPool(pool: string) {
  const rules = [
    userRule("client", { name: "client", grid, pool }),
    userRule("client", { name: "mallory", grid, pool }),
    userRule("worker", { name: "worker", grid, pool }),
  ];
  const server = await RedisServer.start({
    port: await RedisServer.freePort(),
    args: rules.map((rule) => `--${rule}`),
  });
  onTestFinished(() => server.stop());
  const urlOf = (name: string): string => server.url.replace("//", `//${name}:secret@`);
  const key = (name: string): string => `callgrid:{${grid}:${pool}}:${name}`;
  const mallory = new Redis(urlOf("mallory"), { replyMapping: "legacy" });
  onTestFinished(() => mallory.disconnect());
  await mallory.zadd(key("leases"), Date.now() + 60_000, "mallory");
  const tape = new LogTape();
  return {
    ...{ server, urlOf, key, mallory, tape },
    startWorker: async (url = urlOf("worker"), workerPool = pool) => {
      const worker = await startWorker({ pool: workerPool, functions: [price], url, grid, log: tape.log });
      onTestFinished(() => worker.stop());
      return worker;
    },
    connect: async () => {
      const client = await connect(urlOf("client"), { grid });
      onTestFinished(() => client.close());
      return client;
    },
    /** Queues a request under the id of another one. */
    forge: async (id: string, payload: string, mode = "use") => {
      const isLarge = payload.length > 65_536;
      const header = `mallory ${mode} 0 0 0 queue-of-pool${isLarge ? " large" : ""}\n`;
      if (isLarge) await mallory.hset(key("payloads"), id, payload);
      await mallory.hset(key("requests"), id, header + (isLarge ? '["price"]' : payload));
      await mallory.zadd(key("queue-of-pool"), 1, id);
      await mallory.incrby(key("waiting"), 1);
    },
  };
}

function idOf(...request: readonly unknown[]): string {
  return requestId(encodeRequest(request).canonical);
}

test.each([
  ["a short one", ["price", 7], '["price",1000]', "use"],
  ["a large one", ["price", 7], JSON.stringify(["price", "1".repeat(100_000)]), "use"],
  ["a rich one", ["price", new Date(7)], encodeRequest(["price", new Date(1_000)]).payload, "use"],
  ["one that is not a request", ["price", 7], "price", "use"],
  ["one that bypasses the cache", ["price", 7], '["price",1000]', "bypass"],
] as const)("%s under another's id is refused, and becomes no result", async (_, request, payload, mode) => {
  const { forge, startWorker: start, connect: open, key, mallory, tape } = await openPool("pool");
  await forge(idOf(...request), payload, mode);
  await start();
  await tape.line("request refused: its id is that of another one");
  await until(async () => (await mallory.exists(key("requests"))) === 0);
  expect(await (await open()).enqueue("pool", [...request])).toBe(70);
});

test("one that is put into a worker's inbox is refused, too", async () => {
  const { startWorker: start, connect: open, key, mallory, tape } = await openPool("pool");
  const worker = await start();
  const run = `run ${idOf("price", 7)} ${Date.now()} mallory use 0 0 0 -\n["price",1000]`;
  await mallory.rpush(key(`inbox:${worker.id.split("/")[1]}`), run);
  await tape.line("request refused");
  expect(await (await open()).enqueue("pool", ["price", 7])).toBe(70);
});

test("who waits for the request hears that it was refused", async () => {
  const { startWorker: start, connect: open, key, mallory } = await openPool("pool");
  const id = idOf("price", 7);
  const client = await open();
  const refusal = expect(client.enqueue("pool", ["price", 7])).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await until(async () => (await mallory.hlen(key("requests"))) === 1);
  const record = (await mallory.hget(key("requests"), id)) ?? "";
  await mallory.hset(key("requests"), id, record.replace("7]", "1000]"));
  await start();
  await refusal;
});

test("a request that bypasses the cache cannot be another one either", async () => {
  const { startWorker: start, connect: open, key, mallory } = await openPool("pool");
  const client = await open();
  const asking = client.enqueue("pool", ["price", 7], { cache: "bypass" });
  const refusal = expect(asking).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  await until(async () => (await mallory.hlen(key("requests"))) === 1);
  const [id = "", record = ""] = Object.entries(await mallory.hgetall(key("requests")))[0] ?? [];
  await mallory.hset(key("requests"), id, record.replace("7]", "1000]"));
  await start();
  await refusal;
  expect(await client.enqueue("pool", ["price", 7], { cache: "bypass" })).toBe(70);
});

test("an outcome that another caller writes is not taken for that of the request", async () => {
  const { startWorker: start, connect: open, key, mallory, urlOf } = await openPool("pool");
  const client = await open();
  const value = client.enqueue("pool", ["price", 7]);
  await until(async () => (await mallory.hlen(key("requests"))) === 1);
  const id = idOf("price", 7);
  const processes = await mallory.zrange(key("leases"), "0", "-1");
  for (const process of processes) {
    await mallory.rpush(key(`inbox:${process}`), `outcome ${id} 1#0 =666`, `reference ${id}`);
    await expect(mallory.rpush(key(`outcomes:${process}`), `outcome ${id} 1#0 =666`)).rejects.toThrow("NOPERM");
  }
  const asWorker = await openStatekeeper(urlOf("mallory"), { grid });
  onTestFinished(() => asWorker.close());
  const forged = asWorker.pool("pool").complete("mallory", [{ id, outcome: "=666", ttlMs: 0, stamp: "1#0" }], []);
  await expect(forged).rejects.toThrow("can't access");
  await start();
  expect(await value).toBe(70);
});

test("a bridge takes none into its own pool", async () => {
  const { forge, startWorker: start, connect: open, urlOf, server, tape } = await openPool("root");
  await forge(idOf("price", 7), '["price",1000]');
  await start(server.url, "child");
  const bridge = await startDistributor({
    ...{ pool: "child", url: server.url, grid },
    ...{ parent: "root", parentUrl: urlOf("worker"), log: tape.log },
  });
  onTestFinished(() => bridge.stop());
  expect(await (await open()).enqueue("root", ["price", 8])).toBe(80);
  expect(await (await open()).enqueue("root", ["price", 7])).toBe(70);
});
