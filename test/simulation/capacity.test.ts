/**
 * Capacity that follows the work, in virtual time: the real distributor, hosts, supervisors and workers on the memory statekeeper,
 * with a burst, a stream with spikes in it, and silence. What changes its mind with every spike is seen here.
 */
import { GridClient, type GridLog, resolveClientOptions } from "@callgrid/client";
import { define, randomId, sleep, VirtualClock } from "@callgrid/core";
import { startDistributor } from "@callgrid/distributor";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { Host, Supervisor } from "@callgrid/supervision";
import { pino } from "pino";
import { expect, it } from "vitest";
import { workerLauncher } from "./worker-launcher.ts";

const log = pino({ level: "silent" });
const workMs = 200;

/** One second of a run. */
interface Second {
  readonly desired: number;
  /** Kept by each host. */
  readonly kept: readonly number[];
}

const ticksPerSecond = 10;

/** So many requests arrive in each tick. */
function arrivalsAt(second: number, tick: number): number {
  if (second === 5 && tick === 0) return 400;
  const isStream = second > 5 && second < 80;
  if (!isStream) return 0;
  return second % 10 === 0 ? 8 : 1;
}

async function simulate(seconds: number, scaleDownAfterMs: number): Promise<{ seconds: Second[]; values: unknown[] }> {
  const clock = new VirtualClock();
  const statekeeper = new MemoryStatekeeper({ clock });
  const keeper = statekeeper.pool("pool");
  const functions = define("work", async (i: number) => {
    await sleep(clock, workMs);
    return i;
  });
  const launcher = workerLauncher({ pool: "pool", functions, statekeeper, clock, startMs: 1_500 });
  await startDistributor({ pool: "pool", statekeeper, clock, scaleDownAfterMs });
  const hosts = [host("one", 1, 10), host("three", 3, 30)];
  await Promise.all(hosts.map((each) => each.host.start()));
  const client = new GridClient({
    ...{ statekeeper, clock, log: log as GridLog, makeId: randomId },
    settings: resolveClientOptions({}, {}),
  });
  const asked: Array<Promise<unknown>> = [];
  const seen: Second[] = [];
  for (let second = 0; second < seconds; second += 1) {
    for (let tick = 0; tick < ticksPerSecond; tick += 1) {
      for (let i = arrivalsAt(second, tick); i > 0; i -= 1)
        asked.push(client.enqueue("pool", [functions, asked.length]));
      await clock.advance(1_000 / ticksPerSecond);
    }
    const { capacity } = await keeper.inspect();
    seen.push({ desired: capacity?.desiredWorkers ?? 0, kept: hosts.map(({ supervisor }) => supervisor.count) });
  }
  return { seconds: seen, values: await Promise.all(asked) };

  function host(id: string, score: number, maxWorkers: number) {
    const options = {
      settings: { functions: [], options: {}, logLevel: "silent" },
      drainTimeoutMs: 30_000,
      maxAttempts: 3,
    };
    const supervisor = new Supervisor({ count: 0, ...options }, { keeper, log, clock, launcher });
    const parts = { keeper, supervisor, clock, log };
    return { supervisor, host: new Host({ id, score, minWorkers: 0, maxWorkers, leaseMs: 10_000 }, parts) };
  }
}

/** How often a number that went one way goes the other way. */
function turns(numbers: readonly number[]): number {
  const steps = numbers.slice(1).map((number, i) => Math.sign(number - (numbers[i] ?? 0)));
  const moves = steps.filter((step) => step !== 0);
  return moves.slice(1).filter((move, i) => move !== moves[i]).length;
}

it("workers come with the work, go when it is over, and do not come and go with every spike; hosts share by score", async () => {
  const { seconds, values } = await simulate(130, 30_000);
  expect(values).toEqual(values.map((_, i) => i));
  const desired = seconds.map((second) => second.desired);
  // none before there is work, a dozen for the burst, then what the stream takes, and none when it is over
  expect(desired.slice(0, 5)).toEqual(Array(5).fill(0));
  expect(Math.max(...desired)).toBeGreaterThanOrEqual(7);
  expect(Math.max(...desired)).toBeLessThanOrEqual(25);
  expect(Math.min(...desired.slice(6, 80))).toBeGreaterThanOrEqual(3);
  expect(Math.max(...desired.slice(60, 80))).toBeLessThanOrEqual(8);
  expect(seconds.at(-1)).toEqual({ desired: 0, kept: [0, 0] });
  expect(turns(desired)).toBeLessThanOrEqual(5);
  for (const { kept } of seconds.filter(({ desired, kept: [one = 0, three = 0] }) => desired === one + three)) {
    const [one = 0, three = 0] = kept;
    expect(Math.abs(one - (one + three) / 4)).toBeLessThanOrEqual(1);
  }
});

it("without the window they would come and go", async () => {
  const { seconds } = await simulate(100, 0);
  expect(turns(seconds.map(({ desired }) => desired))).toBeGreaterThan(10);
});
