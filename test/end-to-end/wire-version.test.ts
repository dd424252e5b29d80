/** Programs that meet processes of another wire version: each ends or fails its requests with an error that says what to upgrade. */
import { randomUUID } from "node:crypto";
import { wireVersion } from "@callgrid/statekeeper";
import { connect, define, startDistributor, startWorker } from "callgrid";
import { Redis } from "ioredis";
import { expect, inject, onTestFinished, test } from "vitest";
import { prefixOf } from "../conformance/redis-dump.ts";
import { startCommand } from "../harness/command.ts";
import { fixture } from "../harness/fixture.ts";
import { LogTape } from "../harness/log-tape.ts";

const url = inject("redisUrl");
const refusal = { code: "INCOMPATIBLE_VERSION", message: expect.stringContaining("upgrade callgrid") as string };
const [older, newer] = [String(wireVersion - 1), String(wireVersion + 1)];
const one = define("one", () => 1);

function openPool() {
  const grid = randomUUID();
  const redis = new Redis(url);
  onTestFinished(() => redis.disconnect());
  const prefix = prefixOf(grid, "pool");
  const takeByOthers = async (version: string) => {
    await redis.set(`${prefix}wire`, version);
    await redis.zadd(`${prefix}leases`, Date.now() + 60_000, "other");
  };
  return { grid, takeByOthers };
}

test.each([older, newer])("no worker or distributor starts in a pool of wire version %s", async (version) => {
  const { grid, takeByOthers } = openPool();
  await takeByOthers(version);
  await expect(startWorker({ pool: "pool", url, grid, functions: [one] })).rejects.toMatchObject(refusal);
  await expect(startDistributor({ pool: "pool", url, grid })).rejects.toMatchObject(refusal);
});

test("a client's requests fail, those that wait already too", async () => {
  const { grid, takeByOthers } = openPool();
  const client = await connect(url, { grid, log: { debug() {}, info() {}, warn() {}, error() {} } });
  onTestFinished(() => client.close());
  await expect(client.enqueue("pool", ["one"], { timeoutMs: 1 })).rejects.toMatchObject({ code: "TIMEOUT" });
  const waiting = expect(client.enqueue("pool", ["one"])).rejects.toMatchObject(refusal);
  await client.status("pool");
  await takeByOthers(newer);
  await waiting;
  await expect(client.enqueue("pool", ["one", 2])).rejects.toMatchObject(refusal);
});

test("a worker whose pool others have taken over ends, and says why", async () => {
  const { grid, takeByOthers } = openPool();
  const tape = new LogTape();
  const worker = await startWorker({ pool: "pool", url, grid, functions: [one], leaseMs: 1_000, log: tape.log });
  await takeByOthers(newer);
  await worker.closed;
  expect(worker.endedBy).toMatchObject(refusal);
  expect(tape.having("worker ended")).toHaveLength(1);
});

test("the command of a worker whose pool others have taken over ends, and starts no other", async (context) => {
  const { grid, takeByOthers } = openPool();
  const options = ["--pool", "pool", "--functions", fixture("cli/functions"), "--lease-ms", "1s", "--json"];
  const command = startCommand(["worker", ...options], { env: { CALLGRID_URL: url, CALLGRID_GRID: grid } });
  context.onTestFinished(() => command.killAll());
  await command.firstLine();
  await takeByOthers(newer);
  const { exitCode, stderr } = await command.ended;
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("INCOMPATIBLE_VERSION: ")]);
});
