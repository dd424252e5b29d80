/** Small versions of what `scripts/simulate` shows at full size (docs/SCALING.md). Virtual time: no machine is too slow for it. */
import { describe, expect, it } from "vitest";
import { RedisServer } from "../harness/redis-server.ts";
import { planForest } from "./forest.ts";
import { RedisPlace } from "./redis-place.ts";
import { resultOf, type ScalingResult } from "./scaling-result.ts";
import { type ScalingOptions, ScalingRun } from "./scaling-run.ts";
import { type Scenario, scenarios } from "./scenario.ts";
import { poolKeys, type Tally } from "./tally.ts";
import { treeSize } from "./tree-functions.ts";

const requestsPerWorker = 30;
/** Of one pool with ten workers, joining and the end of so short a run included. */
const mostCommandsPerRequest = 38;
const mostMessagesPerRequest = 6;
/** A busy machine may be slow. */
const patienceMs = 120_000;

describe("a forest of pools", { timeout: patienceMs }, () => {
  it("has ten thousand workers in a hundred pools of three levels", () => {
    const pools = planForest(10_000);
    const count = (level: string): number => pools.filter((pool) => pool.level === level).length;
    expect([count("root"), count("branch"), count("leaf")]).toEqual([1, 9, 90]);
    expect(pools.reduce((sum, { workers }) => sum + workers, 0)).toBe(10_000);
  });

  it("keeps its workers busy, and asks little more of Redis for each request than one small pool", async () => {
    const [small, large] = [await simulate("full", 10), await simulate("full", 120)];
    expect([small.pools, large.pools]).toEqual([1, 3]);
    // a run of four seconds is mostly beginning and end
    expect(Math.min(small.utilisation, large.utilisation)).toBeGreaterThan(0.8);
    expect(small.commandsPerRequest).toBeLessThan(mostCommandsPerRequest);
    expect(small.messagesPerRequest).toBeLessThan(mostMessagesPerRequest);
    expect(large.commandsPerRequest / small.commandsPerRequest).toBeLessThan(1.5);
    // bridges call each other when their members become idle
    expect(large.messagesPerRequest / small.messagesPerRequest).toBeLessThan(1.6);
  });

  it("answers every tree with slow and dying workers and a spike", async () => {
    const { evaluations, requests, utilisation } = await simulate("rough", 113);
    expect(evaluations).toBeGreaterThanOrEqual(requests);
    expect(utilisation).toBeGreaterThan(0.4);
  });
});

describe("the count of Redis commands", { timeout: patienceMs }, () => {
  it("is what a redis-server counts, key by key", async ({ onTestFinished }) => {
    const [modelled, counted] = await onBoth("full", onTestFinished);
    expect(modelled.commands / counted.commands).toBeCloseTo(1, 1);
    for (const key of poolKeys)
      expect(Math.abs(modelled.touches(key) - counted.touches(key)), key).toBeLessThan(0.05 * counted.commands);
  });

  it("is right too where most of the work is given to volunteers", async ({ onTestFinished }) => {
    // whom Redis samples is chance, so that the two runs are not the same
    const [modelled, counted] = await onBoth("usual", onTestFinished);
    expect(modelled.commands / counted.commands).toBeGreaterThan(0.85);
    expect(modelled.commands / counted.commands).toBeLessThan(1.15);
  });
});

/** What the simulation says of a run, and what Redis counts of it. */
async function onBoth(name: Scenario["name"], onEnd: (end: () => Promise<void>) => void): Promise<[Tally, Tally]> {
  const options = { ...optionsOf(name, 10), requests: treeSize };
  const [pool] = await new ScalingRun(options).inMemory();
  if (pool === undefined) throw new Error("unreachable: there is a root");
  const server = await RedisServer.start();
  onEnd(() => server.stop());
  const run = new ScalingRun(options);
  const place = await RedisPlace.open(server.url, run.poolNames);
  onEnd(() => place.close());
  await run.at(place);
  return [pool.ledger.tally, await place.counted()];
}

function optionsOf(name: Scenario["name"], workers: number): ScalingOptions {
  const scenario = scenarios.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`no scenario "${name}"`);
  return { scenario, workers, requests: workers * requestsPerWorker, seed: "test" };
}

async function simulate(name: Scenario["name"], workers: number): Promise<ScalingResult> {
  const options = optionsOf(name, workers);
  const run = new ScalingRun(options);
  return resultOf(run, options, { pools: await run.inMemory(), realSeconds: 0 });
}
