/** Chunks that turn out to be too large for one request are done in parts, and a batch that fails says of what. */
import { define, type LocalGrid, localGrid, range } from "callgrid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const megabyte = 1_048_576;
const version = "1";
/** A map hides how large it is: nothing that only looks at it can see its size. */
const mapOf = (bytes: number) => new Map([["text", "x".repeat(bytes)]]);

let blown = 0;
const blow = define("blow", { version }, (megabytes: number) => {
  blown += 1;
  return mapOf(megabytes * megabyte);
});
const sizeOf = define("sizeOf", { version }, (map: Map<string, string>): number => map.get("text")?.length ?? 0);
const half = define("half", { version }, (_: unknown, slice: unknown) =>
  typeof slice === "number" ? "a number" : "a map",
);
const longest = define("longest", { version }, (maps: Array<Map<string, string>>) =>
  maps.reduce((most, map) => (sizeOf(map) > sizeOf(most) ? map : most)),
);
const failsAt = define("failsAt", { version }, (x: number): number => {
  if (x % 40 === 27) throw new Error(`not ${x}`);
  return x;
});
const identity = define("identity", { version }, (x: unknown) => x);
let reductions = 0;
const noSum = define("noSum", { version }, (): number => {
  reductions += 1;
  throw new Error("no sum");
});
let slices = 0;
const countedSlice = define("countedSlice", { version, cache: false }, (x: number): number => {
  slices += 1;
  return x;
});

let grid: LocalGrid;
beforeAll(async () => {
  grid = await localGrid({
    functions: { blow, sizeOf, half, longest, failsAt, identity, noSum, countedSlice },
  });
});
afterAll(() => grid.close());

describe("a chunk that is too large", () => {
  it("by its values is done in parts, in order", async () => {
    const data = [3, 4, 5, 6, 7, 1];
    const run = grid.batch<Map<string, string>>({ data, process: blow, mode: "local", chunkUnits: 6 });
    expect((await run.result()).map((map) => sizeOf(map))).toEqual(data.map((megabytes) => megabytes * megabyte));
  });

  it("is evaluated once before it is done in parts", async () => {
    blown = 0;
    // a slice that takes long is kept by itself otherwise, and evaluated once
    const options = { mode: "local", chunkUnits: 2, cache: "bypass" } as const;
    const run = grid.batch<unknown>({ data: [9, 8], process: blow, ...options });
    expect(await run.result()).toHaveLength(2);
    expect(blown).toBe(4);
  });

  it("by its slices is done in parts, in order", async () => {
    const data = [3, 4, 5, 6, 7, 1].map((megabytes) => mapOf(megabytes * megabyte));
    const run = grid.batch({ data, process: sizeOf, mode: "local", chunkUnits: 6 });
    expect(await run.result()).toEqual(data.map(sizeOf));
  });

  it.each(["serial", "local"] as const)(
    "and whose one slice is too large by itself fails of that slice, %s",
    async (mode) => {
      const spec = { data: [1, 17, 2], process: blow, mode, chunkUnits: 3 } as const;
      const code = "PAYLOAD_TOO_LARGE";
      await expect(grid.batch(spec).result()).rejects.toMatchObject({ code, details: { slice: 1 } });
      const rest = await grid.batch<Map<string, string>>({ ...spec, error: "skip" }).result();
      expect(rest.map(sizeOf)).toEqual([megabyte, 2 * megabyte]);
      expect(await grid.batch<unknown>({ ...spec, error: half }).result()).toMatchObject([{}, "a number", {}]);
    },
  );

  it("by slices that cannot travel leaves out only those", async () => {
    const data = [1, () => 2, 3, mapOf(17 * megabyte), 5];
    const spec = { data, process: identity, mode: "local", chunkUnits: 5 } as const;
    expect(await grid.batch({ ...spec, error: "skip" }).result()).toEqual([1, 3, 5]);
    await expect(grid.batch(spec).result()).rejects.toMatchObject({ code: "INVALID_VALUE", details: { slice: 1 } });
  });

  it.each(["serial", "local"] as const)("by slices that cannot be read names the first of them, %s", async (mode) => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const unreadable = {
      get price() {
        throw new Error("no price");
      },
    };
    for (const bad of [cycle, unreadable]) {
      const spec = { data: [1, bad, 3], process: identity, mode, chunkUnits: 3 };
      await expect(grid.batch(spec).result()).rejects.toMatchObject({ code: "INVALID_VALUE", details: { slice: 1 } });
      expect(await grid.batch({ ...spec, error: "skip" }).result()).toEqual([1, 3]);
    }
  });

  it("is no matter to reductions: what is too large for one is reduced in parts", async () => {
    const data = [2, 3, 4, 5, 6, 1];
    const run = grid.batch({ data, process: blow, reduce: longest, mode: "local", chunkUnits: 1 });
    expect(sizeOf((await run.result()) as unknown as Map<string, string>)).toBe(6 * megabyte);
  });
});

describe("a batch that fails", () => {
  it.each(["serial", "local"] as const)("says which slice it failed of, %s", async (mode) => {
    const run = grid.batch({ data: range(100, 200), process: failsAt, mode, chunkUnits: 10 });
    await expect(run.result()).rejects.toMatchObject({ msg: "not 107", details: { slice: 7 } });
  });

  it("says so also where failed attempts came first", async () => {
    const run = grid.batch({ data: range(0, 30), process: failsAt, error: "retry", retries: 1, mode: "local" });
    await expect(run.result()).rejects.toMatchObject({ msg: "not 27", details: { slice: 27 } });
  });

  it("of a reduction ends when that fails, and not with the last chunk", async () => {
    const run = grid.batch({
      data: range(0, 100_000),
      process: countedSlice,
      reduce: noSum,
      mode: "local",
      chunkUnits: 1,
    });
    await expect(run.result()).rejects.toMatchObject({ msg: "no sum" });
    expect(slices).toBeLessThan(1_000);
    expect(reductions).toBeLessThan(100);
  });

  it("fails with its first cause, whatever else goes wrong at its end", async () => {
    function* data(): Generator<number> {
      try {
        for (let x = 0; ; x += 1) yield x;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: that is what this is about
        throw new Error("and the data does not close");
      }
    }
    const run = grid.batch({ data: data(), process: failsAt, mode: "local", chunkUnits: 5 });
    await expect(run.result()).rejects.toMatchObject({ msg: "not 27" });
  });
});
