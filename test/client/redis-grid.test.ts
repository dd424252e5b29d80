/** The client on a real Redis: what its unit tests, which run on memory and virtual time, cannot show. */
import { randomUUID } from "node:crypto";
import { type ConnectOptions, closeDefaultGrid, connect, enqueue, type Grid } from "@callgrid/client";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { plainFunctions } from "../harness/client-stage.ts";
import { PlainWorker } from "../harness/plain-worker.ts";
import { RedisServer } from "../harness/redis-server.ts";
import { until } from "../harness/until.ts";

const silentLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

interface RedisStage {
  readonly name: string;
  readonly grid: Grid;
  readonly statekeeper: Statekeeper;
  startWorker(functions?: Readonly<Record<string, (...args: never[]) => unknown>>): Promise<PlainWorker>;
}

/** A client and room for workers, in a grid of their own. */
async function setRedisStage(url: string, options: ConnectOptions = {}): Promise<RedisStage> {
  const name = randomUUID();
  const statekeeper = await openStatekeeper(url, { grid: name });
  const grid = await connect(url, { grid: name, log: silentLog, ...options });
  const workers: PlainWorker[] = [];
  onTestFinished(async () => {
    await grid.close();
    for (const worker of workers) await worker.stop();
    await statekeeper.close();
  });
  const startWorker = async (functions: Readonly<Record<string, (...args: never[]) => unknown>> = plainFunctions) => {
    const worker = await new PlainWorker(statekeeper.pool("pool"), functions).start();
    workers.push(worker);
    return worker;
  };
  return { name, grid, statekeeper, startWorker };
}

describe("a client on Redis", () => {
  it("gets values, large ones and errors", async () => {
    const { grid, startWorker } = await setRedisStage(inject("redisUrl"));
    await startWorker();
    const large = "x".repeat(200_000);
    expect(await grid.enqueue("pool", ["double", 21])).toBe(42);
    expect(await grid.enqueue("pool", ["box", large])).toEqual({ x: large });
    expect(await grid.enqueue("pool", ["box", new Map([[1, 2n]])])).toEqual({ x: new Map([[1, 2n]]) });
    await expect(grid.enqueue("pool", ["fail", "icky"])).rejects.toMatchObject({ msg: "icky" });
    await expect(grid.enqueue("pool", ["doubel", 1])).rejects.toMatchObject({ code: "UNKNOWN_FUNCTION" });
  });

  it("gets the values of many requests in order", async () => {
    const { grid, startWorker } = await setRedisStage(inject("redisUrl"));
    await startWorker();
    function* requests(): Generator<readonly [string, number]> {
      for (let index = 0; index < 300; index++) yield ["double", index];
    }
    const values = await grid.enqueueAll("pool", requests(), { window: 50 });
    expect(values).toEqual(Array.from({ length: 300 }, (_, index) => 2 * index));
  });

  it("shares one evaluation with another client that asks for the same", async () => {
    const { name, grid, startWorker } = await setRedisStage(inject("redisUrl"));
    await using other = await connect(inject("redisUrl"), { grid: name, log: silentLog });
    const values = [grid, other].map((client) => client.enqueue("pool", ["double", 1]));
    const worker = await startWorker();
    expect(await Promise.all(values)).toEqual([2, 2]);
    expect(worker.evaluated).toHaveLength(1);
  });

  it("withdraws what is cancelled, and leaves nothing of itself when closed", async () => {
    const { grid, statekeeper } = await setRedisStage(inject("redisUrl"));
    const controller = new AbortController();
    const value = grid.enqueue("pool", ["double", 1], { signal: controller.signal });
    value.catch(() => undefined);
    await until(async () => (await grid.status("pool")).queued === 1);
    controller.abort();
    await until(async () => (await grid.status("pool")).counters["withdrawn"] === 1);
    await grid.close();
    expect((await statekeeper.pool("pool").inspect()).clients).toBe(0);
  });

  it("names other grids that have a pool of this name when its own has no workers", async () => {
    const { name, statekeeper } = await setRedisStage(inject("redisUrl"));
    // Other tests have their grids on this Redis, too: a pool name of its own identifies the right one.
    const pool = `pool-${name}`;
    const worker = await new PlainWorker(statekeeper.pool(pool), plainFunctions).start();
    onTestFinished(() => worker.stop());
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: object, message: string) => warnings.push(message) };
    await using lost = await connect(inject("redisUrl"), { grid: randomUUID(), log, noWorkersWarningMs: 1 });
    lost.enqueue(pool, ["double", 1]).catch(() => undefined);
    await until(() => warnings.length > 0);
    expect(warnings[0]).toContain(`Other grids there have a pool "${pool}": "${name}"`);
  });

  it("serves the default grid, which can be closed and used again", async () => {
    const { name, startWorker } = await setRedisStage(inject("redisUrl"));
    await startWorker();
    vi.stubEnv("CALLGRID_URL", inject("redisUrl"));
    vi.stubEnv("CALLGRID_GRID", name);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await Promise.all([enqueue("pool", ["double", 1]), enqueue("pool", ["double", 2])])).toEqual([2, 4]);
    await closeDefaultGrid();
    expect(await enqueue("pool", ["double", 3])).toBe(6);
    await closeDefaultGrid();
  });
});

describe("a client whose Redis", () => {
  it("restarts empty gets the same values, later", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.stop());
    const { grid, startWorker } = await setRedisStage(server.url, { checkEveryMs: 50 });
    const values = [1, 2, 3].map((x) => grid.enqueue("pool", ["double", x]));
    await until(async () => (await grid.status("pool")).queued === 3);
    await server.kill();
    const during = grid.enqueue("pool", ["double", 4]);
    await server.restart();
    await startWorker();
    expect(await Promise.all([...values, during])).toEqual([2, 4, 6, 8]);
  });

  it("is gone can still be closed", async () => {
    const server = await RedisServer.start();
    onTestFinished(() => server.stop());
    const grid = await connect(server.url, { log: silentLog });
    const value = grid.enqueue("pool", ["double", 1]).catch((error: unknown) => error);
    await until(async () => (await grid.status("pool")).queued === 1);
    await server.kill();
    await grid.close();
    expect(await value).toMatchObject({ code: "GRID_CLOSED" });
  });
});
