/** Slices that take long are evaluated once, whatever chunk they travel in. */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { connect, define, type LocalGrid, localGrid, range, startWorker } from "callgrid";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { LogTape } from "../harness/log-tape.ts";

const longMs = 110;

/** A function that takes long, and notes what it was called with. */
function noting(options: { readonly cache?: false; readonly refused?: number } = {}) {
  const calls: number[] = [];
  const { refused, ...others } = options;
  const process = define("noting", { version: "1", ...others }, async (x: number) => {
    calls.push(x);
    await pause(longMs);
    if (x === refused) throw new Error(`${x} is refused`);
    return { x, call: calls.length };
  });
  return { process, calls };
}

type Noting = ReturnType<typeof noting>["process"];

interface Place {
  readonly grid: Pick<LocalGrid, "batch" | "enqueue" | "forget">;
  readonly pool: string;
}

/** A grid whose only worker is this process, so that calls can be counted. */
const places: Record<string, (process: Noting) => Promise<Place>> = {
  "an embedded grid": async (process) => {
    const grid = await localGrid({ functions: [process], workers: 1 });
    onTestFinished(() => grid.close());
    return { grid, pool: grid.pool };
  },
  "a pool on Redis": async (process) => {
    const place = { grid: randomUUID(), log: new LogTape().log };
    const worker = await startWorker({ pool: "pool", functions: [process], url: inject("redisUrl"), ...place });
    onTestFinished(() => worker.drain());
    const grid = await connect(inject("redisUrl"), place);
    onTestFinished(() => grid.close());
    return { grid, pool: "pool" };
  },
};

describe.each(Object.entries(places))("on %s", (_, open) => {
  it("a batch of a wider range, of other chunks and with times evaluates what is new", async () => {
    const { process, calls } = noting();
    const { grid, pool } = await open(process);
    const run = { pool, process, mode: pool === "pool" ? undefined : "local" } as const;
    const first = await grid.batch({ ...run, data: range(0, 4), chunkUnits: 2 }).result();
    expect(calls).toEqual([0, 1, 2, 3]);
    const wider = await grid.batch({ ...run, data: range(-1, 6), chunkUnits: 3, isTimed: true }).result();
    expect(calls.slice(4).sort((a, b) => a - b)).toEqual([-1, 4, 5]);
    expect(wider.slice(1, 5)).toEqual(first);
    expect(await grid.enqueue(pool, [process, 2])).toEqual(first[2]);
    expect(calls).toHaveLength(7);
  });

  it("slices that are evaluated again because of that are kept as they are then", async () => {
    const { process, calls } = noting();
    const { grid, pool } = await open(process);
    const run = { pool, process, data: range(0, 2), mode: pool === "pool" ? undefined : "local" } as const;
    await grid.batch({ ...run, chunkUnits: 2 }).result();
    const again = await grid.batch({ ...run, chunkUnits: 2, cache: "refresh" }).result();
    expect(await grid.batch({ ...run, chunkUnits: 1 }).result()).toEqual(again);
    expect(calls).toHaveLength(4);
    await grid.forget(pool, "noting");
    await grid.batch({ ...run, chunkUnits: 1 }).result();
    expect(calls).toHaveLength(6);
  });

  it("a slice that fails takes no others with it", async () => {
    const { process, calls } = noting({ refused: 2 });
    const { grid, pool } = await open(process);
    const run = { pool, process, data: range(0, 4), chunkUnits: 4, error: "skip" } as const;
    await grid.batch(run).result();
    await grid.batch(run).result();
    expect(calls).toEqual([0, 1, 2, 3, 2]);
  });

  it("nothing is kept of a function that is not to be cached", async () => {
    const { process, calls } = noting({ cache: false });
    const { grid, pool } = await open(process);
    for (const chunkUnits of [1, 2]) await grid.batch({ pool, process, data: range(0, 2), chunkUnits }).result();
    expect(calls).toHaveLength(4);
  });
});
