/**
 * What the paths of a request, and workers without work, cost Redis: docs/PERFORMANCE.md has the same numbers. Commands are counted, so the
 * machine makes no difference. Who adds a command changes its number here and there.
 */
import { setTimeout as pause } from "node:timers/promises";
import { callReentrant, connect, define, type Grid, startWorker } from "callgrid";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { CommandMonitor, type ScriptCount } from "../harness/command-monitor.ts";
import { RedisServer } from "../harness/redis-server.ts";

const same = define("same", (x: number) => x);
const sum = define("sum", async (x: number) => {
  const [left, right] = await callReentrant([
    ["same", x],
    ["same", x + 1],
  ]);
  return (left as number) + (right as number);
});

const grid = "counted";
const warmUps = 20;
let server: RedisServer;
let monitor: CommandMonitor;

beforeEach(async () => {
  server = await RedisServer.start();
  onTestFinished(() => server.stop());
  monitor = await CommandMonitor.open(server.url);
  onTestFinished(() => monitor.close());
});

async function startWorkers(count: number): Promise<void> {
  const start = () => startWorker({ pool: "pool", functions: [same, sum], url: server.url, grid });
  const workers = await Promise.all(Array.from({ length: count }, start));
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
  });
}

/** A caller and one worker that has nothing to do, and has measured its functions. */
async function openWarm(): Promise<Grid> {
  await startWorkers(1);
  const caller = await connect(server.url, { grid });
  onTestFinished(() => caller.close());
  for (let x = 0; x < warmUps; x += 1) {
    await caller.enqueue("pool", ["same", -x]);
    await caller.enqueue("pool", ["sum", -100 * x]);
  }
  return caller;
}

/** Of the request's own scripts, once the worker waits again. */
async function countedFor(ask: () => Promise<unknown>): Promise<Record<string, ScriptCount | undefined>> {
  await pause(100);
  await monitor.counted();
  await ask();
  await pause(100);
  return Object.fromEntries(await monitor.counted());
}

describe("in commands", () => {
  it("a lone request costs 52 at most, in three scripts, and two blocking reads", async () => {
    const caller = await openWarm();
    const { submit, claim, complete, blmpop } = await countedFor(() => caller.enqueue("pool", ["same", 50]));
    expect({ submit, claim }).toEqual({ submit: { runs: 1, commands: 24 }, claim: { runs: 1, commands: 12 } });
    // one more when it changes what the function is known to take
    expect([15, 16]).toContain(complete?.commands);
    expect(blmpop?.runs).toBe(2);
  });

  it("calls within the worker cost nothing but what their measured times are noted with", async () => {
    const caller = await openWarm();
    const { submit, claim, complete } = await countedFor(() => caller.enqueue("pool", ["sum", 1_000]));
    expect({ submit, claim }).toEqual({ submit: { runs: 1, commands: 24 }, claim: { runs: 1, commands: 12 } });
    expect(complete?.runs).toBe(1);
    expect(complete?.commands).toBeLessThanOrEqual(19);
  });

  it("a known request costs 12, in one script", async () => {
    const caller = await openWarm();
    const counted = await countedFor(() => caller.enqueue("pool", ["same", -1]));
    expect(counted).toMatchObject({ submit: { runs: 1, commands: 12 } });
    expect(counted).not.toHaveProperty("claim");
  });

  it("of a batch of 1,000 each costs one, and what the scripts cost that it is cut into; 0.03 once it is known", async () => {
    const caller = await openWarm();
    const requests = Array.from({ length: 1_000 }, (_, x) => ["same", 5_000 + x] as const);
    const { submit, claim, complete } = await countedFor(() => caller.enqueueAll("pool", requests));
    // how many there are depends on how fast the worker is: on a quiet machine two, five and five
    const [submits = 0, claims = 0, completes = 0] = [submit?.runs, claim?.runs, complete?.runs];
    expect(submit?.commands).toBe(17 + 14 * submits);
    expect(claim?.commands).toBeLessThanOrEqual(30 * claims);
    expect(complete?.commands).toBeLessThanOrEqual(1_000 + 16 * completes);
    expect(submits + claims + completes).toBeLessThanOrEqual(60);
    const again = await countedFor(() => caller.enqueueAll("pool", requests));
    expect(again).not.toHaveProperty("claim");
    expect(again["submit"]?.commands).toBeLessThanOrEqual(14 * (again["submit"]?.runs ?? 0));
  });
});

it("workers without work cost 3.3 commands a second each, and one of them sweeps for all", async () => {
  const [workers, seconds] = [8, 10];
  await startWorkers(workers);
  await pause(6_000);
  await monitor.counted();
  await pause(1_000 * seconds);
  const { renew, reconcile, sweep, blmpop, ...others } = Object.fromEntries(await monitor.counted());
  expect(others).not.toHaveProperty("claim");
  const standby = 3;
  const sweeping = (sweep?.commands ?? 0) - standby * (sweep?.runs ?? 0);
  // two or three times in ten seconds
  expect(sweeping).toBeGreaterThan(20);
  expect(sweeping).toBeLessThan(3 * (30 + workers));
  const all = [renew, reconcile, sweep, blmpop].reduce((total, count) => total + (count?.commands ?? 0), 0);
  expect((all - sweeping) / workers / seconds).toBeLessThanOrEqual(3.6);
});
