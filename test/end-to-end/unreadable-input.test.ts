/** Clients, workers and distributors that find text in Redis which they cannot read: none ends, and other requests finish. */
import { randomUUID } from "node:crypto";
import { callReentrant, connect, define, type Grid, startDistributor, startWorker } from "callgrid";
import fc from "fast-check";
import { Redis } from "ioredis";
import { expect, inject, onTestFinished, test } from "vitest";
import { prefixOf } from "../conformance/redis-dump.ts";
import { propertyRuns } from "../harness/chance.ts";
import { damageTo, inflict } from "../harness/damage.ts";
import { LogTape } from "../harness/log-tape.ts";
import { until } from "../harness/until.ts";

const url = inject("redisUrl");
const next = define("next", { version: "1", cache: false }, (x: number) => x + 1);
const afterNext = define("afterNext", { version: "1", cache: false }, async (x: number) => {
  const [y] = await callReentrant([[next, x]]);
  return y + 1;
});

/** A pool with a worker and a distributor, a client that waits there, and a connection that writes past them. */
async function openPool() {
  const grid = randomUUID();
  const tape = new LogTape();
  const redis = new Redis(url, { replyMapping: "legacy" });
  const worker = await startWorker({ pool: "pool", url, grid, functions: [next, afterNext], log: tape.log });
  const distributor = await startDistributor({ pool: "pool", url, grid, log: tape.log });
  const client = await connect(url, { grid, log: tape.log });
  onTestFinished(async () => {
    await client.close();
    await worker.stop();
    await distributor.stop();
    redis.disconnect();
  });
  await client.enqueue("pool", [afterNext, 0]);
  const prefix = prefixOf(grid, "pool");
  return { tape, redis, prefix, client, processes: await redis.zrange(`${prefix}leases`, "0", "-1") };
}

async function expectAnswers(client: Grid): Promise<void> {
  const values = await client.enqueueAll("pool", [
    [afterNext, 1],
    [next, 1],
    [afterNext, 2],
  ]);
  expect(values).toEqual([3, 2, 4]);
}

test("text of any kind in any place ends no process, and keeps no request from its outcome", async () => {
  const { redis, prefix, client, processes } = await openPool();
  const anywhere = damageTo({
    ids: ["a".repeat(22), "b".repeat(22)],
    processes: [...processes, "newcomer", "constructor"],
    volunteers: [],
    functionNames: ["other", "toString"],
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anywhere, { minLength: 1, maxLength: 30 }), async (damages) => {
      for (const damage of damages) await inflict(redis, prefix, damage);
      await expectAnswers(client);
      await client.status("pool");
    }),
    { numRuns: propertyRuns(5) },
  );
});

test("messages that cannot be read are logged once a kind, and counted in the pool's state", async () => {
  const { tape, redis, prefix, client, processes } = await openPool();
  for (const process of processes) await redis.rpush(`${prefix}inbox:${process}`, "hello 1", "hello 2", "outcome 1");
  await expectAnswers(client);
  // distributors read no inbox
  await until(async () => (await client.status("pool")).counters["unreadable"] === 6);
  expect(tape.having("inbox message of unknown kind skipped")).toHaveLength(2);
  expect(tape.having("malformed inbox message skipped")).toHaveLength(2);
  expect(tape.having("inbox message of unknown kind skipped")[0]).toMatchObject({ pool: "pool", word: "hello" });
});
