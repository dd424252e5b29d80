/** What users do with pools that live on a Redis Cluster; what happens when it breaks is in test/faults. */
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunQueue, type RunSummary } from "@callgrid/batch/runs";
import { openStatekeeper } from "@callgrid/statekeeper";
import { connect, define, startWorker } from "callgrid";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import type { Finding } from "../../packages/cli/src/pools/diagnosis.ts";
import { blocksIn, pageText } from "../docs/markdown.ts";
import { batchFunctions } from "../harness/batch-stage.ts";
import { runCommand, startCommand } from "../harness/command.ts";
import { lasting, shortOrFull } from "../harness/fault-length.ts";
import { RedisCluster } from "../harness/redis-cluster.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { startTlsRedis } from "../harness/tls-redis.ts";
import { until } from "../harness/until.ts";
import { GridProcess } from "../harness/worker-processes.ts";

const functions = new URL("../fixtures/end-to-end/functions.ts", import.meta.url).pathname;
const double = define("double", (x: number) => 2 * x);
const all = 16_384;

let cluster: RedisCluster;

function newGrid(): { url: string; grid: string } {
  return { url: cluster.url, grid: randomUUID() };
}

/** Moves the slot of a key to a master that does not have it; `meanwhile` happens halfway. */
async function moveAway(key: string, meanwhile: () => Promise<void>): Promise<void> {
  const slot = await cluster.slotOf(key);
  const to = await cluster.masterOf((slot + all / 2) % all);
  await cluster.moveSlot(slot, to, async (keys) => {
    if (keys === 0) await meanwhile();
  });
}

async function diagnose(
  url: string,
  grid: string,
  env = {},
): Promise<{ exitCode: number | null; role: Finding | undefined }> {
  const { exitCode, stdout } = await runCommand(["doctor", "--url", url, "--grid", grid, "--json"], { env });
  const findings = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Finding);
  return { exitCode, role: findings.find(({ check }) => check === "role") };
}

describe.runIf(shortOrFull(false, true))("on a Redis Cluster", () => {
  beforeAll(async () => {
    cluster = await RedisCluster.start();
  });

  afterAll(() => cluster?.stop());

  test("one client has pools on every master, and other grids with such a pool are known", async () => {
    const { url, grid } = newGrid();
    const client = await connect(url, { grid });
    onTestFinished(() => client.close());
    const pools = Array.from({ length: 12 }, (_, i) => `pool-${i}`);
    const masters = new Set<unknown>();
    for (const pool of pools) {
      const worker = await startWorker({ pool, functions: [double], url, grid });
      onTestFinished(() => worker.stop());
      masters.add(await cluster.masterOf(await cluster.slotOf(`callgrid:{${grid}:${pool}}:`)));
    }
    expect(masters.size).toBe(3);
    const values = await Promise.all(pools.map((pool, i) => client.enqueue(pool, [double, i])));
    expect(values).toEqual(pools.map((_, i) => 2 * i));
    const other = await openStatekeeper(url, { grid: "other" });
    onTestFinished(() => other.close());
    expect(await other.otherGridsWith("pool-1")).toEqual([grid]);
    expect(await other.ping()).toBeGreaterThan(0);
  });

  test("a pool on a single Redis does the work of a parent on the Cluster", async () => {
    const { url: parentUrl, grid } = newGrid();
    const place = { url: inject("redisUrl"), grid, pool: "child" };
    const more = ["--parent", "root", "--parent-url", parentUrl];
    const bridge = await GridProcess.distributor({ ...place, more });
    onTestFinished(async () => void (await bridge.end()));
    const workers = await GridProcess.workers({ ...place, functions });
    onTestFinished(async () => void (await workers.end()));
    const client = await connect(parentUrl, { grid });
    onTestFinished(() => client.close());
    expect(await client.enqueue("root", ["stayTwice", 1, "tag"])).toEqual(["child", "child"]);
  });

  test("a durable run goes on while the slot of its queue moves", async () => {
    const { url, grid } = newGrid();
    const folder = await mkdtemp(join(tmpdir(), "callgrid-cluster-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const release = join(folder, "release");
    const env = { CALLGRID_URL: url, CALLGRID_GRID: grid, RELEASE: release };
    const workers = startCommand(["worker", "--pool", "pool", "--functions", batchFunctions, "--json"], { env });
    await workers.firstLine();
    await startCommand(["runner", "--json", "--lock-ms", "1s"], { env }).firstLine();
    const client = await connect(url, { grid });
    onTestFinished(() => client.close());
    const spec = { data: { range: [0, 20] as const }, process: "heldFrom10", reduce: "sum", chunkUnits: 1 };
    const id = await client.submitRun({ pool: "pool", ...spec });
    const queue = new RunQueue({ url, grid });
    onTestFinished(() => queue.close());
    const show = async (): Promise<RunSummary> => (await queue.show(id)) as RunSummary;
    await until(async () => ((await show()).done ?? 0) > 0);
    // longer than the runner's lock, so that it has to be renewed
    await moveAway(`{callgrid-runs-${grid}}`, () => lasting(2_000));
    await writeFile(release, "");
    await until(async () => (await show()).state === "completed");
    expect((await show()).result).toEqual({ value: 190 });
    expect((await queue.logs(id)).join("\n")).toMatch(/^batch runs distributed/);
  });

  test("a user with the rights of docs/OPERATIONS.md has rights enough", async () => {
    const { url, grid } = newGrid();
    const page = pageText("docs/OPERATIONS.md");
    const rules = blocksIn(page, "text").find((block) => block.startsWith("ACL SETUSER worker")) ?? "";
    const [, more = ""] = /On a Cluster also `([^`]+)`/.exec(page) ?? [];
    const [, ...words] = `${rules} ${more}`.replaceAll("{default:", `{${grid}:`).trim().split(/\s+/);
    for (const { redis } of cluster.nodes) await redis.call("ACL", ...words);
    const own = url.replace("//", "//worker:secret@");
    const worker = await startWorker({ pool: "pool", functions: [double], url: own, grid });
    onTestFinished(() => worker.stop());
    const client = await connect(own, { grid });
    onTestFinished(() => client.close());
    expect(await client.enqueue("pool", [double, 2])).toBe(4);
    expect((await runCommand(["doctor", "--url", own, "--grid", grid])).exitCode).toBe(0);
  });

  test("doctor finds nothing wrong with it, except for a URL that hides the cluster, and a slot that moves", async () => {
    const { url, grid } = newGrid();
    const client = await connect(url, { grid });
    onTestFinished(() => client.close());
    await expect(client.enqueue("pool", [double, 1], { timeoutMs: 100 })).rejects.toMatchObject({ code: "TIMEOUT" });
    expect(await diagnose(url, grid)).toMatchObject({ exitCode: 0, role: undefined });
    const [one, other] = cluster.nodes.map(({ server }) => server.url);
    expect(await diagnose(one ?? "", grid)).toMatchObject({
      exitCode: 1,
      role: { status: "wrong", remedy: expect.stringContaining("redis+cluster://") as unknown },
    });
    const ask = async (nodeUrl = ""): Promise<unknown> => {
      const plain = await openStatekeeper(nodeUrl, { grid });
      onTestFinished(() => plain.close());
      return plain.pool("pool").inspect();
    };
    // one of the two does not have the slot
    await expect(Promise.all([ask(one), ask(other)])).rejects.toThrow(/MOVED .*redis\+cluster:/);
    await moveAway(`callgrid:{${grid}:pool}:`, async () => {
      expect(await diagnose(url, grid)).toMatchObject({
        exitCode: 1,
        role: { status: "wrong", message: expect.stringContaining("its slot moves to another node") as unknown },
      });
    });
    expect(await diagnose(url, grid)).toMatchObject({ exitCode: 0, role: undefined });
  });
});

describe.runIf(shortOrFull(false, true))("a Cluster of one node", () => {
  test("is named by doctor while slots are missing", async () => {
    const busPort = String(await RedisServer.freePort());
    const args = ["--cluster-enabled", "yes", "--cluster-port", busPort];
    const server = await RedisServer.start({ port: await RedisServer.freePort(), args });
    onTestFinished(() => server.stop());
    const { stdout } = await runCommand(["doctor", "--url", server.url.replace("redis:", "redis+cluster:"), "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      check: "connection",
      message: expect.stringContaining("CLUSTERDOWN") as unknown,
    });
    expect(stdout).toContain("--cluster fix");
  });
});

describe.runIf(shortOrFull(false, true))("by TLS", () => {
  test("a Cluster is reached whose nodes are known by name", async () => {
    const named = ["--cluster-announce-hostname", "localhost", "--cluster-preferred-endpoint-type", "hostname"];
    const busPort = String(await RedisServer.freePort());
    const args = ["--cluster-enabled", "yes", "--cluster-port", busPort, "--tls-cluster", "yes", ...named];
    const { server, port, certificate } = await startTlsRedis(args);
    await server.command("CLUSTER", "ADDSLOTSRANGE", "0", String(all - 1));
    const isUp = async (): Promise<boolean> => (await server.command("CLUSTER", "INFO")).includes("cluster_state:ok");
    await until(isUp);
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    expect((await diagnose(`rediss+cluster://localhost:${port}`, "grid", env)).exitCode).toBe(0);
    expect((await diagnose(`rediss+cluster://localhost:${port}`, "grid")).exitCode).toBe(1);
  });

  test("a primary is reached whose sentinel speaks TLS too", async () => {
    const { port, certificate, identity } = await startTlsRedis([]);
    const names = ["sentinel resolve-hostnames yes", "sentinel announce-hostnames yes"];
    const sentinelPort = await RedisServer.freePort();
    const sentinel = await RedisServer.start({
      configuration: [...names, `sentinel monitor prime localhost ${port} 1`],
      args: ["--sentinel", "--tls-port", String(sentinelPort), ...identity],
    });
    onTestFinished(() => sentinel.stop());
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    expect((await diagnose(`rediss+sentinel://localhost:${sentinelPort}/prime`, "grid", env)).exitCode).toBe(0);
  });
});
