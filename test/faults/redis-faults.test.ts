/** A Redis that dies, forgets, refuses, or hands over to its replica: workers and clients come back by themselves. */
import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { TcpProxy } from "../../packages/cli/src/torture/tcp-proxy.ts";
import { tree, treeSize } from "../../packages/cli/src/torture/workload.ts";
import { lasting, shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";
import { loadPool } from "../harness/pool-load.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const shape = { depth: 4, breadth: 5, restMs: 0 };
const nestedRequests = 20_000;

function portOf(server: RedisServer): number {
  return Number(new URL(server.url).port);
}

test("killed and restarted empty three times during 20,000 nested requests", async (context) => {
  const stage = await FaultStage.set(context);
  await stage.startWorkers(2);
  const trees = Array.from({ length: Math.ceil(nestedRequests / treeSize(shape)) }, (_, i) => tree(`t${i}`, shape));
  const asking = stage.client(await stage.connect()).askAll(trees, trees.length);
  for (const evaluated of [3_000, 8_000, 13_000]) {
    await until(async () => (await stage.evaluated()) >= evaluated);
    await stage.server.kill("SIGKILL");
    await lasting(shortOrFull(200, 3_000));
    await stage.server.restart();
  }
  await asking;
  const { answered, evaluated } = await stage.rightHistory();
  expect(answered).toBe(trees.length);
  expect(evaluated).toBeGreaterThanOrEqual(nestedRequests);
});

describe.concurrent("under load", () => {
  test("all connections are killed and all scripts forgotten, again and again", async (context) => {
    const stage = await FaultStage.set(context);
    const { settle } = await loadPool(stage);
    for (let times = 0; times < 5; times += 1) {
      await stage.server.command("CLIENT", "KILL", "TYPE", "normal");
      await stage.server.command("SCRIPT", "FLUSH");
      await lasting(200);
    }
    await settle();
  });

  test("there is no memory left for a while", async (context) => {
    const stage = await FaultStage.set(context);
    const { settle } = await loadPool(stage);
    await stage.server.command("CONFIG", "SET", "maxmemory", "1");
    expect(await stage.server.command("SET", "a", "b")).toMatch(/^-OOM/);
    await lasting(2_500);
    await stage.server.command("CONFIG", "SET", "maxmemory", "0");
    await settle();
  });

  test("it stands still for longer than leases, and than a silent link is tolerated", async (context) => {
    const stage = await FaultStage.set(context);
    const { settle } = await loadPool(stage);
    await stage.server.kill("SIGSTOP");
    await lasting(shortOrFull(7_000, 20_000));
    await stage.server.kill("SIGCONT");
    await settle();
  });

  test("it is killed with everything saved, and refuses while it loads", async (context) => {
    // Each key takes a ms to load, and commands are answered meanwhile.
    const slowly = ["--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024"];
    const stage = await FaultStage.set(context, {
      redis: ["--appendonly", "yes", "--appendfsync", "always", ...slowly],
    });
    const { settle } = await loadPool(stage);
    const submittedBefore = (await stage.keeper.inspect()).counters["submitted"] ?? 0;
    await stage.server.kill("SIGKILL");
    const restarted = stage.server.restart();
    const isLoading = async (): Promise<boolean> =>
      (await stage.server.command("GET", "a").catch(() => "")).startsWith("-LOADING");
    await until(isLoading, 5);
    await restarted;
    await settle();
    const submitted = (await stage.keeper.inspect()).counters["submitted"] ?? 0;
    expect(submitted).toBeGreaterThan(submittedBefore);
  });

  test("its replica takes its place, and it refuses to write from then on", async (context) => {
    const stage = await FaultStage.set(context);
    const replica = await RedisServer.start({ port: await RedisServer.freePort() });
    context.onTestFinished(() => replica.stop());
    await replica.command("REPLICAOF", "127.0.0.1", String(portOf(stage.server)));
    const isInSync = async (): Promise<boolean> =>
      (await replica.command("INFO", "replication")).includes("master_link_status:up");
    await until(isInSync);
    // An address that moves with the primary.
    let primary = stage.server;
    const address = await TcpProxy.start(() => createConnection(portOf(primary), "127.0.0.1"));
    context.onTestFinished(() => address.stop());
    const { settle } = await loadPool(stage, `redis://127.0.0.1:${address.port}`);
    await replica.command("REPLICAOF", "NO", "ONE");
    await stage.server.command("REPLICAOF", "127.0.0.1", String(portOf(replica)));
    expect(await stage.server.command("SET", "a", "b")).toMatch(/^-READONLY/);
    primary = replica;
    await settle();
  });
});
