import { describe, expect, it } from "vitest";
import { ChunkSizer, chunkMsFor } from "./chunk-size.ts";

describe("how long a chunk should take", () => {
  it.each([
    ["a long run", { remainingMs: 1e7, lanes: 4, overheadMs: 2 }, 1_000],
    ["an unknown remaining time", { remainingMs: undefined, lanes: 4, overheadMs: 2 }, 1_000],
    ["a short run", { remainingMs: 1_600, lanes: 4, overheadMs: 2 }, 100],
    ["the last bit", { remainingMs: 16, lanes: 4, overheadMs: 2 }, 40],
    ["a short run with a lane of half the speed", { remainingMs: 1_600, lanes: 4, overheadMs: 2, slowest: 0.5 }, 50],
    ["a long way", { remainingMs: 1e7, lanes: 4, overheadMs: 500 }, 1_000],
  ] as const)("%s", (_, remaining, expected) => {
    expect(chunkMsFor(remaining)).toBe(expected);
  });
});

describe("the size of chunks while a batch runs", () => {
  const pilot = { msPerUnit: 1, overheadMs: 1, lanes: 2, largestUnits: 1_000 };

  it("comes back to half a second to two when units turn out slower or faster", () => {
    for (const msPerUnit of [0.01, 0.3, 5, 40]) {
      const sizer = new ChunkSizer(pilot);
      for (let chunk = 0; chunk < 30; chunk += 1) {
        const units = sizer.next(1e9);
        sizer.learn(units, units * msPerUnit);
      }
      const tookMs = sizer.next(1e9) * msPerUnit;
      expect(tookMs).toBeGreaterThan(500);
      expect(tookMs).toBeLessThan(2_000);
    }
  });

  it("grows by four at most, whatever the pilot thought", () => {
    const sizer = new ChunkSizer({ ...pilot, msPerUnit: 0, largestUnits: 10 });
    expect(sizer.next(1e9)).toBe(40);
  });

  it("is at least one unit, and smaller towards the end", () => {
    expect(new ChunkSizer({ ...pilot, msPerUnit: 60_000 }).next(1e9)).toBe(1);
    expect(new ChunkSizer(pilot).next(1_600)).toBe(200);
  });

  it("is smaller where values are large, so that the values of a chunk take a quarter of a megabyte at most", () => {
    const sizer = new ChunkSizer({ ...pilot, largestUnits: 1e6, bytesPerUnit: 10_000 });
    expect(sizer.next(1e9)).toBe(26);
    for (let chunk = 0; chunk < 30; chunk += 1) sizer.learn(100, 1, 100 * 100_000);
    expect(sizer.next(1e9)).toBe(2);
  });

  it("keeps the size that it was given", () => {
    const sizer = new ChunkSizer({ ...pilot, fixedUnits: 7 });
    sizer.learn(7, 1e6);
    expect(sizer.next(1e9)).toBe(7);
  });
});
