/** What is kept of batches: chunks follow the cache rules of the functions that they call, as single requests do. */
import { randomUUID } from "node:crypto";
import { type BatchSpec, type Grid as CallGrid, connect, define, localGrid, startWorker } from "callgrid";
import { pino } from "pino";
import { describe, expect, inject, it, onTestFinished } from "vitest";

let evaluations = 0;
/** Functions of their own for each test: what one test forgets is no matter of another. */
function functions() {
  const counted = (x: number): number => {
    evaluations += 1;
    if (x < 0) throw new Error(`${x} is below zero`);
    return x;
  };
  const version = "1";
  return {
    usual: define("usual", { version }, counted),
    never: define("never", { version, cache: false }, counted),
    brief: define("brief", { version, cache: { ttlMs: 200 } }, counted),
    limited: define("limited", { version, cache: false, timeoutMs: 60_000 }, counted),
    sum: define("sum", { version }, (values: number[]) => values.reduce((total, value) => total + value, 0)),
    freshSum: define("freshSum", { version, cache: false }, (values: number[]) => values.length),
    zero: define("zero", { version }, () => 0),
    freshZero: define("freshZero", { version, cache: false }, () => 0),
  };
}

type Functions = ReturnType<typeof functions>;
type Grid = Pick<CallGrid, "batch" | "forget" | "status">;

async function embedded(given: Functions): Promise<Grid> {
  const grid = await localGrid({ functions: given });
  onTestFinished(() => grid.close());
  return grid;
}

async function onRedis(given: Functions): Promise<Grid> {
  const place = { url: inject("redisUrl"), grid: randomUUID() };
  const worker = await startWorker({ ...place, pool: "pool", functions: given, log: pino({ level: "silent" }) });
  const grid = await connect(place.url, { grid: place.grid });
  onTestFinished(async () => {
    await grid.close();
    await worker.stop();
  });
  return grid;
}

const places = [
  ["the embedded grid", embedded, "local"],
  ["Redis", onRedis, "distributed"],
] as const;

describe.each(places)("of a batch on %s", (_, open, mode) => {
  async function setUp() {
    const given = functions();
    const grid = await open(given);
    /** How many slices a batch evaluates. */
    const evaluated = async (spec: Partial<BatchSpec<number, number>>): Promise<number> => {
      evaluations = 0;
      const whole = { pool: "pool", data: [1, 2, 3], process: given.usual, mode, chunkUnits: 3, ...spec };
      await grid.batch<number, number>(whole).result();
      return evaluations;
    };
    return { ...given, grid, evaluated };
  }

  it("chunks of a usual function are evaluated once", async () => {
    const { evaluated, sum, zero } = await setUp();
    const spec = { reduce: sum, error: zero };
    expect([await evaluated(spec), await evaluated(spec)]).toEqual([3, 0]);
  });

  it("none is kept where the process function has cache: false", async () => {
    const { never, evaluated } = await setUp();
    expect([await evaluated({ process: never }), await evaluated({ process: never })]).toEqual([3, 3]);
  });

  it("none is kept where the reducer has cache: false", async () => {
    const { freshSum, evaluated } = await setUp();
    expect([await evaluated({ reduce: freshSum }), await evaluated({ reduce: freshSum })]).toEqual([3, 3]);
  });

  it("none is kept where the error function has cache: false and was called", async () => {
    const { freshZero, evaluated } = await setUp();
    const spec = { data: [1, -2, 3], error: freshZero };
    expect([await evaluated(spec), await evaluated(spec)]).toEqual([3, 3]);
  });

  it("none is kept where a function with cache: false is called through the grid", async () => {
    const { limited, evaluated } = await setUp();
    expect([await evaluated({ process: limited }), await evaluated({ process: limited })]).toEqual([3, 3]);
  });

  it("they are kept for no longer than the ttlMs of a function", async () => {
    const { brief, evaluated } = await setUp();
    expect(await evaluated({ process: brief })).toBe(3);
    await expect.poll(() => evaluated({ process: brief })).toBe(3);
  });

  it("they are not used any more once one of their functions was forgotten", async () => {
    const { grid, evaluated, sum, zero, usual } = await setUp();
    const spec = { data: [1, -2, 3], reduce: sum, error: zero };
    await evaluated(spec);
    for (const forgotten of [usual, sum, zero]) {
      expect(await evaluated(spec)).toBe(0);
      await grid.forget("pool", forgotten);
      expect(await evaluated(spec)).toBe(3);
    }
  });

  it("a chunk with a failed slice is evaluated again", async () => {
    const { evaluated } = await setUp();
    const spec = { data: [1, -2, 3], error: "skip" } as const;
    expect([await evaluated(spec), await evaluated(spec)]).toEqual([3, 3]);
  });

  it("refresh evaluates all of it again, its reductions too", async () => {
    const { grid, evaluated, sum } = await setUp();
    const spec = { reduce: sum, chunkUnits: 1, cache: "refresh" } as const;
    const reductions = async (): Promise<number> => {
      await evaluated(spec);
      const { counters } = await grid.status("pool");
      return counters["hits"] ?? 0;
    };
    expect([await reductions(), await reductions()]).toEqual([0, 0]);
  });
});
