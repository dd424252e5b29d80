/** What is kept of batches: chunks follow the cache rules of the functions that they call, as single requests do. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Checkpoint, Cut } from "@callgrid/batch";
import { type BatchSpec, type Grid as CallGrid, connect, context, define, localGrid, startWorker } from "callgrid";
import { pino } from "pino";
import { describe, expect, inject, it, onTestFinished } from "vitest";

/** Knows which chunks a run has evaluated, and has none of their results. */
function knownChunks(): Checkpoint & { readonly evaluated: Set<number> } {
  const cuts: Cut[] = [];
  const evaluated = new Set<number>();
  return {
    ...{ cuts, evaluated },
    begin: async () => undefined,
    isFinished: () => false,
    isInGrid: (index) => evaluated.has(index),
    finished: async () => expect.unreachable(),
    noteCut: async (index, cut) => void cuts.splice(index, 1, cut),
    reset: async () => undefined,
    noteFinished: async (index) => void evaluated.add(index),
  };
}

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
    reading: define("reading", { version }, async (path: string) => {
      await context().reads(path);
      return counted(readFileSync(path).length);
    }),
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

  it("they are not used any more once a file has changed that a function reads", async () => {
    const { grid, reading } = await setUp();
    const folder = mkdtempSync(join(tmpdir(), "callgrid-cache-rules-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, "data");
    const lengths = (): Promise<unknown> =>
      grid.batch({ pool: "pool", data: [path], process: reading, mode, chunkUnits: 1 }).result();
    writeFileSync(path, "12");
    expect([await lengths(), await lengths()]).toEqual([[2], [2]]);
    const before = evaluations;
    writeFileSync(path, "123");
    expect([await lengths(), await lengths(), evaluations - before]).toEqual([[3], [3], 1]);
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

  it("refresh evaluates each chunk once, also where a later run continues an earlier one", async () => {
    const { evaluated } = await setUp();
    const checkpoint = knownChunks();
    const spec = { chunkUnits: 1, cache: "refresh", checkpoint } as const;
    expect(await evaluated(spec)).toBe(3);
    checkpoint.evaluated.delete(1);
    expect(await evaluated(spec)).toBe(1);
  });
});
