/**
 * Links that are dead without saying so, while they are made or later, and processes that are too busy to listen: the one is distinguished from
 * the other.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { describe, expect, inject, type TestContext, test } from "vitest";
import { linkToRedis, type RedisLink } from "../../packages/cli/src/torture/redis-link.ts";
import { RedisCluster } from "../harness/redis-cluster.ts";
import { until } from "../harness/until.ts";

type Finish = TestContext["onTestFinished"];

async function openLink(onTestFinished: Finish): Promise<RedisLink> {
  const link = await linkToRedis(inject("redisUrl"));
  onTestFinished(() => link.proxy.stop());
  return link;
}

async function open(url: string, onTestFinished: Finish): Promise<Statekeeper> {
  const statekeeper = await openStatekeeper(url, { grid: crypto.randomUUID(), connectTimeoutMs: 30_000 });
  onTestFinished(() => statekeeper.close());
  return statekeeper;
}

/** A port that accepts every connection, and says nothing on any. */
async function openSilentPort(onTestFinished: Finish) {
  const accepted = { count: 0 };
  const server = createServer((socket) => {
    accepted.count += 1;
    socket.on("error", () => undefined).resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { accepted, address: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Without an answer, with one to the first commands of a link, with one to whether Redis is ready. */
const repliesBeforeSilence = [0, 1, 2];

describe.concurrent("a link that goes silent", () => {
  test("is replaced, and what was asked over it is answered", async ({ onTestFinished }) => {
    const { proxy, url } = await openLink(onTestFinished);
    const pool = (await open(url, onTestFinished)).pool("pool");
    await pool.inspect();
    proxy.fallSilent();
    const asking = pool.inspect();
    await until(() => proxy.links === 2);
    proxy.recover();
    expect((await asking).queued).toBe(0);
  });

  test.for(repliesBeforeSilence)("after %i replies of a new link is replaced", async (replies, { onTestFinished }) => {
    const { proxy, url } = await openLink(onTestFinished);
    const pool = (await open(url, onTestFinished)).pool("pool");
    await pool.inspect();
    proxy.stall(replies);
    const asking = pool.inspect();
    await until(() => proxy.links === 1);
    proxy.recover();
    expect((await asking).queued).toBe(0);
  });

  test.for(repliesBeforeSilence)(
    "after %i replies of the first link is replaced",
    async (replies, { onTestFinished }) => {
      const { proxy, url } = await openLink(onTestFinished);
      proxy.stall(replies);
      const opening = open(url, onTestFinished);
      await until(() => proxy.links === 1);
      proxy.recover();
      expect(await (await opening).ping()).toBeGreaterThan(0);
    },
  );

  test.for(repliesBeforeSilence)(
    "after %i replies does not keep an inbox from being read",
    async (replies, { onTestFinished }) => {
      const { proxy, url } = await openLink(onTestFinished);
      const pool = (await open(url, onTestFinished)).pool("pool");
      const heard = new Promise<void>((resolve) => {
        pool.listen("w1", { onMessages: () => resolve(), onReconnect: () => undefined });
      });
      await pool.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: {}, functions: new Map([["f", "1"]]) });
      await until(() => proxy.links === 2);
      proxy.stall(replies);
      await until(() => proxy.links === 2);
      proxy.recover();
      await pool.forget({ functionName: "f" });
      await heard;
    },
  );

  test("before the handshake of TLS is over is given up for another", async ({ onTestFinished }) => {
    const { accepted, address } = await openSilentPort(onTestFinished);
    const opening = openStatekeeper(`rediss://${address}`, { grid: "grid", connectTimeoutMs: 8_000 });
    await expect(opening).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    expect(accepted.count).toBeGreaterThan(1);
  });

  test("to a Sentinel is given up for another Sentinel", async ({ onTestFinished }) => {
    const one = await openSilentPort(onTestFinished);
    const other = await openSilentPort(onTestFinished);
    const url = `redis+sentinel://${one.address},${other.address}/primary`;
    const opening = openStatekeeper(url, { grid: "grid", connectTimeoutMs: 8_000 });
    await expect(opening).rejects.toMatchObject({ code: "CONNECTION_FAILED" });
    expect(other.accepted.count).toBeGreaterThan(0);
  });

  test("to a node of a Cluster is given up for another node", async ({ onTestFinished }) => {
    const cluster = await RedisCluster.start();
    onTestFinished(() => cluster.stop());
    const { accepted, address } = await openSilentPort(onTestFinished);
    const url = cluster.url.replace("//", `//${address},`);
    // which node is asked first is drawn
    for (let tries = 0; accepted.count === 0 && tries < 50; tries += 1) {
      const statekeeper = await open(url, onTestFinished);
      expect((await statekeeper.pool("pool").inspect()).queued).toBe(0);
    }
    expect(accepted.count).toBeGreaterThan(0);
  });
});

test("what waits on a connection fails when that is closed while it is away", async ({ onTestFinished }) => {
  const { proxy, url } = await openLink(onTestFinished);
  const statekeeper = await open(url, onTestFinished);
  const pool = statekeeper.pool("pool");
  await pool.inspect();
  proxy.cut();
  const asking = pool.inspect();
  await until(() => proxy.links === 0);
  await statekeeper.close();
  await expect(asking).rejects.toMatchObject({ code: "GRID_CLOSED" });
});

test("a process that calculates for longer than that keeps its links, and gets what came meanwhile", async ({
  onTestFinished,
}) => {
  const { proxy, url } = await openLink(onTestFinished);
  const pool = (await open(url, onTestFinished)).pool("pool");
  const functions = new Map([["f", "1"]]);
  await pool.join({ id: "w1", kind: "worker", leaseMs: 60_000, description: {}, functions });
  const events: string[] = [];
  const heard = new Promise<void>((resolve) => {
    pool.listen("w1", {
      onMessages: (messages) => {
        events.push(...messages.map(({ kind }) => kind));
        resolve();
      },
      onReconnect: () => events.push("reconnect"),
    });
  });
  await until(() => proxy.links === 2);
  const answer = pool.forget({ functionName: "f" });
  const endMs = performance.now() + 6_000;
  while (performance.now() < endMs);
  await answer;
  await heard;
  expect(events).toEqual(["functions"]);
  expect(proxy.links).toBe(2);
});
