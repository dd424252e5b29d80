/** Batches on the embedded grid: their results, for all data, error policies and places where they run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join as joinPath } from "node:path";
import { fileURLToPath } from "node:url";
import { isOwnId } from "@callgrid/core";
import {
  type BatchItem,
  type BatchSpec,
  callReentrant,
  define,
  type LocalGrid,
  lines,
  localGrid,
  range,
} from "callgrid";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as functions from "../fixtures/batch/functions.ts";

const { double, evenOnly, join, letter, minusOne, noSum, sum } = functions;
const module = fileURLToPath(new URL("../fixtures/batch/functions.ts", import.meta.url));
let grid: LocalGrid;

beforeAll(async () => {
  grid = await localGrid({
    functions: module,
    workers: 2,
  });
});
afterAll(() => grid.close());

const hundred = Array.from({ length: 100 }, (_, i) => i);
const modes = ["serial", "local"] as const;

describe("a grid with data folders", () => {
  const folder = mkdtempSync(joinPath(tmpdir(), "callgrid-data-"));
  const [inside, outside] = ["data/words.txt", "words.txt"].map((name) => joinPath(folder, name)) as [string, string];
  beforeAll(() => {
    mkdirSync(dirname(inside));
    for (const path of [inside, outside]) writeFileSync(path, "one two\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("reads files below them only, wherever a batch runs, until it is closed", async () => {
    const sliceOf = (path: string) => lines(path).files;
    const slices = [...sliceOf(inside), ...sliceOf(outside)];
    const limited = await localGrid({ functions: module, workers: 1, dataFolder: [dirname(inside)] });
    const counts = (mode: (typeof modes)[number], at: number) =>
      limited.batch({ data: slices.slice(at, at + 1), process: functions.wordCount, mode }).result();
    for (const mode of modes) {
      expect(await counts(mode, 0)).toEqual([2]);
      await expect(counts(mode, 1)).rejects.toMatchObject({ code: "FILE_NOT_ALLOWED" });
    }
    expect(() => lines(outside)).toThrowError(expect.objectContaining({ code: "FILE_NOT_ALLOWED" }));
    await limited.close();
    expect(await grid.enqueue(grid.pool, ["wordCount", slices[1]])).toBe(2);
  });
});

describe.each(modes)("a batch that runs %s", (mode) => {
  it("gives the values of an array in order", async () => {
    expect(await grid.batch({ data: hundred, process: double, mode }).result()).toEqual(hundred.map((x) => 2 * x));
  });

  it("takes iterables, async iterables and ranges", async () => {
    async function* later(): AsyncGenerator<number> {
      yield* hundred;
    }
    const doubled = hundred.map((x) => 2 * x);
    expect(await grid.batch({ data: new Set(hundred), process: double, mode }).result()).toEqual(doubled);
    expect(await grid.batch({ data: later(), process: double, mode }).result()).toEqual(doubled);
    expect(await grid.batch({ data: range(0, 100), process: double, mode }).result()).toEqual(doubled);
  });

  it("cuts other data by a slice function", async () => {
    const slice = (text: string) => (text === "" ? undefined : ([text.charCodeAt(0), text.slice(1)] as const));
    expect(await grid.batch({ data: "abc", slice, process: double, mode }).result()).toEqual([194, 196, 198]);
  });

  it("of nothing has no results", async () => {
    expect(await grid.batch({ data: [], process: double, mode }).result()).toEqual([]);
    expect(await grid.batch({ data: range(5, 5), process: double, reduce: sum, mode }).result()).toBe(0);
  });

  it("reduces neighbours with neighbours, so that the order stays", async () => {
    const run = grid.batch({ data: range(0, 1_000), process: letter, reduce: join, chunkUnits: 3, mode });
    expect(await run.result()).toBe(Array.from({ length: 1_000 }, (_, x) => letter(x)).join(""));
  });

  it("fails with the error of a slice", async () => {
    const run = grid.batch({ data: range(0, 100), process: evenOnly, mode });
    await expect(run.result()).rejects.toMatchObject({
      msg: "1 is odd",
      req: '["evenOnly",1]',
      code: "FUNCTION_FAILED",
    });
  });

  it("leaves failed slices out where the policy is skip, and reports them", async () => {
    const spec: BatchSpec<number> = { data: range(0, 10), process: evenOnly, error: "skip", mode };
    expect(await grid.batch(spec).result()).toEqual([0, 2, 4, 6, 8]);
    const failed: Array<readonly [number, string]> = [];
    for await (const { index, outcome } of grid.batch(spec).inOrder())
      if ("error" in outcome) failed.push([index, outcome.error.msg]);
    expect(failed).toEqual([1, 3, 5, 7, 9].map((x) => [x, `${x} is odd`]));
  });

  it("tries again where the policy is retry, and then fails", async () => {
    const run = grid.batch({ data: [2, 3], process: evenOnly, error: "retry", retries: 2, mode });
    await expect(run.result()).rejects.toMatchObject({ msg: "3 is odd" });
  });

  it("puts the value of the error function instead of a failed slice", async () => {
    const run = grid.batch<number | string>({ data: range(0, 4), process: evenOnly, error: minusOne, mode });
    expect(await run.result()).toEqual([0, "1: 1 is odd", 2, "3: 3 is odd"]);
  });

  it("fails with the error of a reducer that throws, also under skip", async () => {
    const run = grid.batch({ data: range(0, 4), process: double, reduce: noSum, error: "skip", mode });
    await expect(run.result()).rejects.toMatchObject({ msg: expect.stringMatching(/^no sum of \d/) as unknown });
  });

  it("refuses data that never ends, with the count", async () => {
    const endless = grid.batch({ data: 1, slice: (x: number) => [x, x], process: double, maxSlices: 500, mode });
    await expect(endless.result()).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringContaining("has not ended after 500 slices") as unknown,
      details: { slices: 500 },
    });
  });

  it("fails with what the data throws", async () => {
    function* broken(): Generator<number> {
      yield 1;
      throw new Error("the data broke");
    }
    await expect(grid.batch({ data: broken(), process: double, mode }).result()).rejects.toThrow("the data broke");
  });

  it("stops when its signal is aborted", async () => {
    const abort = new AbortController();
    const run = grid.batch({ data: range(0, 1e9), process: double, mode, signal: abort.signal });
    for await (const { index } of run) {
      if (index !== 0) continue;
      abort.abort("enough");
      break;
    }
    const again = grid.batch({ data: range(0, 1e9), process: double, reduce: sum, mode, signal: abort.signal });
    await expect(again.result()).rejects.toMatchObject({ code: "CANCELLED", cause: "enough" });
  });

  it("says how far it is, and ends with everything done", async () => {
    const run = grid.batch({ data: range(0, 1_000), process: double, error: "skip", mode, chunkUnits: 100 });
    const seen: number[] = [];
    const watching = (async () => {
      for await (const { doneUnits, state } of run.progress(1)) seen.push(state === "done" ? -doneUnits : doneUnits);
    })();
    await run.result();
    await watching;
    expect(seen.at(-1)).toBe(-1_000);
  });

  it("reports when each slice was started, and by which request", async () => {
    const items: BatchItem[] = [];
    for await (const item of grid.batch({ data: hundred, process: double, mode, isTimed: true })) items.push(item);
    expect(items).toHaveLength(100);
    expect(items.every(({ startedMs, finishedMs, tookMs }) => tookMs >= 0 && startedMs <= finishedMs + 1_000)).toBe(
      true,
    );
    expect(items.every(({ requestId }) => (requestId === "") === (items[0]?.requestId === ""))).toBe(true);
  });
});

describe("a batch on workers", () => {
  it.each([
    ["use", false],
    ["bypass", true],
  ] as const)("names the request that each chunk was, with cache %s", async (cache, isOwn) => {
    const ids = new Set<string>();
    const run = grid.batch({ data: range(0, 20), process: double, mode: "local", chunkUnits: 10, cache });
    for await (const { requestId } of run) ids.add(requestId);
    expect(Array.from(ids, isOwnId)).toEqual([isOwn, isOwn]);
  });

  it("calls functions that ask the grid themselves", async () => {
    const run = grid.batch({ data: range(0, 50), process: functions.quadruple });
    expect(await run.result()).toEqual(Array.from({ length: 50 }, (_, x) => 4 * x));
  });

  it("calls functions with a time limit through the grid", async () => {
    expect(await grid.batch({ data: range(0, 3), process: "limited" }).result()).toEqual([1, 2, 3]);
  });

  it("skips the one slice that ends its worker, and no other of its chunk", async () => {
    const once = await localGrid({ functions: module, workers: 1, maxAttempts: 2, log: pino({ level: "silent" }) });
    const run = once.batch({ data: range(0, 8), process: "deadlyAt7", error: "skip", chunkUnits: 4, mode: "local" });
    expect(await run.result()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    await once.close();
  });

  it("evaluates a known chunk once, and failed ones again", async () => {
    const spec: BatchSpec<number> = {
      data: range(0, 64),
      process: evenOnly,
      error: "skip",
      mode: "local",
      chunkUnits: 8,
    };
    await grid.batch(spec).result();
    const { counters: before } = await grid.status(grid.pool);
    await grid.batch(spec).result();
    const { counters: after } = await grid.status(grid.pool);
    expect((after["evaluated"] ?? 0) - (before["evaluated"] ?? 0)).toBeGreaterThan(0);
    const fine: BatchSpec<number> = { data: range(0, 64), process: double, mode: "local", chunkUnits: 8 };
    await grid.batch(fine).result();
    const { counters: once } = await grid.status(grid.pool);
    await grid.batch(fine).result();
    const { counters: twice } = await grid.status(grid.pool);
    expect(twice["evaluated"]).toBe(once["evaluated"]);
  });

  it("holds the source back while the caller does not take the values", async () => {
    let pulled = 0;
    function* numbers(): Generator<number> {
      for (; pulled < 100_000; pulled += 1) yield pulled;
    }
    const run = grid.batch({ data: numbers(), process: double, mode: "local", chunkUnits: 10, window: 2 });
    for await (const { index } of run.inOrder()) {
      if (index < 500) continue;
      expect(pulled).toBeLessThan(2_000);
      break;
    }
  });
});

describe("a description", () => {
  it("is refused where it is wrong, by name", () => {
    const wrong = (spec: object) => () => grid.batch(spec as BatchSpec);
    expect(wrong({ data: [], process: (x: number) => x })).toThrow(/batch\.process must be a defined function.*define/);
    expect(wrong({ data: [], process: double, objectve: "fast" })).toThrow(
      /batch\.objectve is not an option.*objective/,
    );
    expect(wrong({ data: [], process: double, redcue: double })).toThrow(/batch\.redcue .*did you mean reduce\?/);
    expect(wrong({ data: 7, process: double })).toThrow(/batch\.data must be an array/);
    expect(wrong({ data: [], process: double, slice: 7 })).toThrow(/batch\.slice must be a function/);
    expect(() => range(3, 1)).toThrow(/range\(3, 1\)/);
  });

  it("that names an unknown function is refused with the nearest names", async () => {
    await expect(grid.batch({ data: [1], process: "dubble" }).result()).rejects.toMatchObject({
      code: "UNKNOWN_FUNCTION",
      message: expect.stringContaining('"double"') as unknown,
    });
    await expect(grid.batch({ data: [1], process: double, error: "skpi" as "skip" }).result()).rejects.toMatchObject({
      code: "UNKNOWN_FUNCTION",
    });
  });

  it("whose slice function answers wrongly is refused", async () => {
    const slice = (() => 5) as unknown as () => undefined;
    await expect(grid.batch({ data: 1, slice, process: double }).result()).rejects.toThrow(/batch\.slice must return/);
  });

  it("with a reducer has one value, and no items", async () => {
    const run = grid.batch({ data: [1], process: double, reduce: sum });
    await expect(run.inOrder().next()).rejects.toThrow(/batch\.reduce leaves one value/);
  });
});

it("functions that are at hand run batches too", async () => {
  const half = define("half", (x: number) => x / 2);
  const quarter = define("quarter", async (x: number) => (await callReentrant([[half, half(x)]]))[0]);
  const small = await localGrid({ functions: [half, quarter] });
  expect(await small.batch({ data: [4, 8], process: quarter }).result()).toEqual([1, 2]);
  await small.close();
});
