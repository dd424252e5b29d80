/** Requests that were claimed with a long one, in virtual time: the limits are of the schedule, not of the machine. */
import { define, sleep } from "@callgrid/core";
import { expect, it } from "vitest";
import { setWorkerStage, type WorkerStage } from "../../../../test/harness/worker-stage.ts";
import { callReentrant } from "../evaluation/request-context.ts";

const longMs = 6_000;

function work(stage: WorkerStage) {
  return define("work", { cache: false }, async (ms: number, _id: string) => {
    await sleep(stage.clock, ms);
    return ms;
  });
}

/** So that a claim takes many. */
async function warmUp({ grid, clock }: WorkerStage): Promise<void> {
  const warm = grid.enqueueAll(
    "pool",
    Array.from({ length: 200 }, (_, id): [string, number, string] => ["work", 1, `warm ${id}`]),
  );
  await clock.advance(2_000);
  await warm;
}

function longAndShort(): Array<[string, number, string]> {
  const short = Array.from({ length: 60 }, (_, id): [string, number, string] => ["work", 5, `short ${id}`]);
  return [["work", longMs, "long"], ...short];
}

it("short requests claimed with a long one start on an idle worker", async () => {
  const stage = setWorkerStage();
  await stage.startWorker(work(stage));
  await stage.startWorker(work(stage));
  await warmUp(stage);
  let done = 0;
  const requests = longAndShort();
  for (const request of requests) void stage.grid.enqueue("pool", request).then(() => (done += 1));
  await stage.clock.advance(600);
  expect(done).toBe(requests.length - 1);
  await stage.clock.advance(longMs);
  expect(done).toBe(requests.length);
  expect(await stage.evaluated("work")).toBe(200 + requests.length);
});

it("short calls claimed with a long one start on an idle worker, and their caller gets their values", async () => {
  const stage = setWorkerStage();
  const functions = [
    work(stage),
    define("all", async () => {
      const values = await callReentrant(longAndShort());
      return values.length;
    }),
  ];
  await stage.startWorker(functions);
  await stage.startWorker(functions);
  await warmUp(stage);
  const all = stage.grid.enqueue("pool", ["all"]);
  await stage.clock.advance(longMs + 700);
  expect((await stage.pool.inspect()).counters["completed"]).toBe(262);
  expect(await all).toBe(61);
  expect(await stage.evaluated("work")).toBe(261);
});

it("a worker that is alone evaluates in the end what it gave back", async () => {
  const stage = setWorkerStage();
  await stage.startWorker(work(stage));
  await warmUp(stage);
  const all = stage.grid.enqueueAll("pool", longAndShort());
  await stage.clock.advance(longMs + 1_000);
  expect(await all).toHaveLength(61);
  expect(await stage.evaluated("work")).toBe(261);
});

it("nothing goes back from a stream of short requests", async () => {
  const stage = setWorkerStage();
  for (const _ of [1, 2]) await stage.startWorker(work(stage));
  await warmUp(stage);
  const all = stage.grid.enqueueAll(
    "pool",
    Array.from({ length: 1_000 }, (_, id): [string, number, string] => ["work", 1 + (id % 10), `${id}`]),
  );
  await stage.clock.advance(10_000);
  await all;
  expect((await stage.pool.inspect()).counters["released"] ?? 0).toBe(0);
});

it("nothing goes back from a stream of requests of 55 ms, each of which is claimed while the one before it runs", async () => {
  const stage = setWorkerStage();
  const held: unknown[] = [];
  await stage.startWorker(work(stage));
  const all = stage.grid.enqueueAll(
    "pool",
    Array.from({ length: 100 }, (_, id): [string, number, string] => ["work", 55, `${id}`]),
  );
  await stage.clock.advance(3_000);
  for (let look = 0; look < 20; look += 1) {
    await stage.clock.advance(90);
    held.push((await stage.pool.inspect()).members[0]?.running);
  }
  await stage.clock.advance(2_000);
  await all;
  expect((await stage.pool.inspect()).counters["released"] ?? 0).toBe(0);
  expect(new Set(held)).toEqual(new Set([2]));
});

it("what is claimed ahead of the end of a function goes back when that takes more than twice as long as usual", async () => {
  const stage = setWorkerStage();
  for (const _ of [1, 2]) await stage.startWorker(work(stage));
  const usual = stage.grid.enqueueAll(
    "pool",
    Array.from({ length: 40 }, (_, id): [string, number, string] => ["work", 40, `usual ${id}`]),
  );
  await stage.clock.advance(2_000);
  await usual;
  let done = 0;
  const requests: Array<[string, number, string]> = [longMs, 40, 40, 40].map((ms, id) => ["work", ms, `last ${id}`]);
  for (const request of requests) void stage.grid.enqueue("pool", request).then(() => (done += 1));
  await stage.clock.advance(400);
  expect(done).toBe(3);
  await stage.clock.advance(longMs);
  expect(done).toBe(4);
});
