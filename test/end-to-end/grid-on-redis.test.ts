/** The grid as users run it: worker processes started by the command, a real Redis, clients in this process. */
import { randomUUID } from "node:crypto";
import { connect, type Grid, RequestError, startWorker } from "callgrid";
import { afterAll, afterEach, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { commandFunctions } from "../harness/command-pool.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { fixture } from "../harness/fixture.ts";
import { HoldFile } from "../harness/hold-file.ts";
import { GridProcess } from "../harness/worker-processes.ts";

const url = inject("redisUrl");
const functions = fixture("end-to-end/functions");
const running: GridProcess[] = [];

/** What the function `spin` of the fixtures returns. */
interface Spin {
  readonly worker: string;
  readonly startedAt: number;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((workers) => workers.end()));
});

async function startWorkers(grid: string, count: number): Promise<GridProcess> {
  const workers = await GridProcess.workers({ url, grid, functions, count });
  running.push(workers);
  return workers;
}

async function openClient(grid: string): Promise<Grid> {
  const client = await connect(url, { grid });
  onTestFinished(() => client.close());
  return client;
}

async function evaluations(client: Grid, name: string): Promise<number> {
  return (await client.status("pool")).counters[`evaluated:${name}`] ?? 0;
}

/** How much there is to do, and for `fibDistinct` how many distinct calls that is. */
interface Sizes {
  readonly chain: number;
  readonly flat: number;
  readonly fib: { readonly of: number; readonly value: number; readonly calls: number };
}
const large: Sizes = { chain: 10_000, flat: 50_000, fib: { of: 22, value: 17_711, calls: 57_313 } };
const small: Sizes = { chain: 2_000, flat: 10_000, fib: { of: 18, value: 2_584, calls: 8_361 } };

describe.each([
  [1, shortOrFull(small, large)],
  [2, shortOrFull(small, large)],
] as const)("%i worker processes of one slot", (count, { chain, flat, fib }) => {
  const grid = randomUUID();
  let workers: GridProcess;
  let client: Grid;
  beforeAll(async () => {
    workers = await GridProcess.workers({ url, grid, functions, count });
    client = await connect(url, { grid });
  });
  afterAll(async () => {
    await client.close();
    await workers.end();
  });

  test("finish a tree of 3,906 nested requests", async () => {
    const before = await evaluations(client, "recbog");
    const value = await client.enqueue("pool", ["recbog", 0, "job", 5, 5, "t"]);
    expect(
      String(value)
        .split(/[^\w.-]+/)
        .filter(Boolean).length,
    ).toBeGreaterThanOrEqual(3_125);
    expect((await evaluations(client, "recbog")) - before).toBe(3_906);
  });

  // what does not depend on how many there are
  const further = test.runIf(count === 2 || shortOrFull(false, true));

  further("go on at once when a large request was given up before they had read it", async () => {
    const leaf = (tag: string) => ["recbog", 0, "job", 0, 0, tag] as const;
    await client.enqueue("pool", leaf("first"));
    for (const round of ["a", "b", "c", "d"]) {
      const large = Array.from({ length: count }, (_, index) => leaf(`${round}${index}${"x".repeat(100_000)}`));
      const given = client.enqueueAll("pool", large, { signal: AbortSignal.timeout(1) });
      await expect(given).rejects.toMatchObject({ code: "CANCELLED" });
      const startedMs = performance.now();
      await client.enqueue("pool", leaf(round));
      // a worker that takes itself for a volunteer finds out after 5 s
      expect(performance.now() - startedMs).toBeLessThan(3_000);
    }
  });

  further("evaluate fib(22), and each distinct call of fib(80) once", async () => {
    expect(await client.enqueue("pool", ["fib", 80])).toBe(23_416_728_348_467_684);
    expect(await evaluations(client, "fib")).toBe(81);
    expect(await client.enqueue("pool", ["fib", 22])).toBe(17_711);
  });

  further(`evaluate ${fib.calls} distinct calls of fib(${fib.of})`, async () => {
    expect(await client.enqueue("pool", ["fibDistinct", fib.of, ""])).toBe(fib.value);
  });

  test(`follow a chain ${chain} calls deep`, async () => {
    expect(await client.enqueue("pool", ["chain", chain])).toBe(chain);
  });

  further(`answer ${flat} flat requests in order`, async () => {
    const requests = Array.from({ length: flat }, (_, i) => ["double", i] as const);
    const values = await client.enqueueAll("pool", requests);
    expect(values).toEqual(requests.map(([, i]) => 2 * i));
    expect(await evaluations(client, "double")).toBe(flat);
  });

  test("return an error three levels down as a tree", async () => {
    const error = await client.enqueue("pool", ["overOverIcky", 7]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestError);
    const { msg, info } = error as RequestError;
    expect(msg).toBe('Error from request ["overOverIcky",7]');
    const middle = info['["overIcky",7]'];
    expect(middle?.msg).toBe('Error from request ["overIcky",7]');
    expect(middle?.info?.['["icky",7]']).toMatchObject({
      msg: "Icky value 7",
      code: "FUNCTION_FAILED",
      req: '["icky",7]',
    });
  });
});

test("two clients that ask for the same at the same time cause one evaluation, and asking again after a restart none", async () => {
  const grid = randomUUID();
  const place = { pool: "pool", functions, url, grid };
  const workers = [await startWorker(place), await startWorker(place)];
  const [one, other] = [await openClient(grid), await openClient(grid)];
  const request = ["rest", 200, "shared"] as const;
  expect(await Promise.all([one.enqueue("pool", request), other.enqueue("pool", request)])).toEqual([
    "shared",
    "shared",
  ]);
  expect(await evaluations(one, "rest")).toBe(1);
  await Promise.all(workers.map((worker) => worker.stop()));
  const next = await startWorker(place);
  onTestFinished(() => next.stop());
  expect(await other.enqueue("pool", request)).toBe("shared");
  expect(await evaluations(one, "rest")).toBe(1);
});

test("what is addressed to a worker waits for it, and is evaluated by no other", async () => {
  const grid = randomUUID();
  const client = await openClient(grid);
  const place = { pool: "pool", functions: [functions, commandFunctions], url, grid };
  const [busy, idle] = [await startWorker(place), await startWorker(place)];
  onTestFinished(() => Promise.all([busy.stop(), idle.stop()]).then(() => undefined));
  const hold = await HoldFile.make();
  const held = client.enqueue(busy.id, ["hold", hold.path]);
  await hold.started();
  const short = Array.from({ length: 20 }, (_, i) => client.enqueue(busy.id, ["rest", 1, `short ${i}`]));
  await expect.poll(async () => (await client.status("pool")).members.map(({ running }) => running)).toContain(21);
  // longer than claimed requests wait before they are given back
  await client.enqueue(idle.id, ["rest", 120, "meanwhile"]);
  expect((await client.status("pool")).counters["completed"]).toBe(1);
  await hold.release();
  await Promise.all([held, ...short]);
  expect(busy.vitals.functions).toContainEqual({ functionName: "rest", evaluations: 20, failures: 0 });
});

test("a worker that joins works on the queue of a busy one within 200 ms", async () => {
  const grid = randomUUID();
  const client = await openClient(grid);
  await startWorkers(grid, 1);
  const tries: number[] = [];
  // the best of some: the first has the functions to load, and a machine may be busy with other things
  while (tries.length < 8 && !tries.some((ms) => ms < 200)) tries.push(await takeoverMs(client, grid, tries.length));
  expect(Math.min(...tries)).toBeLessThan(200);
});

/** From when a second worker has joined until it has begun to evaluate what lies on the own queue of the first, in ms. */
async function takeoverMs(client: Grid, grid: string, attempt: number): Promise<number> {
  const values = client.enqueue("pool", ["spinAll", 60, 20, `attempt ${attempt}`]) as Promise<Spin[]>;
  await expect.poll(async () => (await client.status("pool")).members[0]?.queued, { interval: 10 }).toBeGreaterThan(30);
  const second = await startWorker({ pool: "pool", functions, url, grid });
  const joinedAt = Date.now();
  onTestFinished(() => second.stop());
  const begun = (await values).filter(({ worker }) => worker === second.id).map(({ startedAt }) => startedAt);
  await second.stop();
  expect(begun.length).toBeLessThan(60);
  return Math.min(...begun) - joinedAt;
}

test("SIGTERM gives back what has not run, finishes what runs, and ends with 0", async () => {
  const grid = randomUUID();
  const client = await openClient(grid);
  const first = await startWorkers(grid, 1);
  const values = client.enqueueAll(
    "pool",
    Array.from({ length: 10 }, (_, i) => ["rest", 300, `r${i}`] as const),
  );
  await expect.poll(async () => await runningNow(client)).toBeGreaterThan(0);
  expect(await first.end()).toBe(0);
  expect((await client.status("pool")).members).toEqual([]);
  const next = await startWorker({ pool: "pool", functions, url, grid });
  onTestFinished(() => next.stop());
  expect(await values).toEqual(Array.from({ length: 10 }, (_, i) => `r${i}`));
  expect(await evaluations(client, "rest")).toBe(10);
});

async function runningNow(client: Grid): Promise<number> {
  return (await client.status("pool")).members.reduce((sum, { running: held }) => sum + held, 0);
}
