import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { RebuiltMap } from "./rebuilt-map.ts";

describe("a rebuilt map", () => {
  it("holds what was set and not deleted, in the order in which it was set first", () => {
    const map = new RebuiltMap<string, number>();
    const model = new Map<string, number>();
    // at most 200 keys, and 10,000 deletions or so: it starts again some ten times
    let random = 1;
    for (let i = 0; i < 30_000; i += 1) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const key = `${(random >>> 16) % 200}`;
      if (random >>> 31 === 0) expect(map.delete(key)).toBe(model.delete(key));
      else {
        map.set(key, i);
        model.set(key, i);
      }
      if (map.size !== model.size || map.get(key) !== model.get(key)) expect.fail(`differs after ${i} steps`);
    }
    expect(model.size).toBeGreaterThan(50);
    expect([...map.keys()]).toEqual([...model.keys()]);
    expect([...map.values()]).toEqual([...model.values()]);
    expect([...map]).toEqual([...model]);
  });

  it("is empty after it was cleared", () => {
    const map = new RebuiltMap<string, number>();
    for (let i = 0; i < 5_000; i += 1) map.set(`${i}`, i);
    map.clear();
    expect([map.size, map.has("1"), [...map.values()]]).toEqual([0, false, []]);
  });

  it("leaves next to nothing of what has gone in the old generation, where a Map would leave all of it", () => {
    expect(oldMegabytesAfter()).toBeLessThan(5);
  });
});

/** How much the old generation grows by while many objects go through a map, few at a time, after it has come there itself. */
function oldMegabytesAfter(): number {
  const program = `
    import { getHeapSpaceStatistics } from "node:v8";
    import { RebuiltMap } from ${JSON.stringify(new URL("./rebuilt-map.ts", import.meta.url).pathname.replace("/src/", "/dist/").replace(/ts$/, "js"))};
    const oldBytes = () => getHeapSpaceStatistics().find(({ space_name }) => space_name === "old_space").space_used_size;
    const map = new RebuiltMap();
    for (let i = 0; i < 100; i += 1) map.set(i, {});
    gc();
    const before = oldBytes();
    for (let i = 100; i < 300_000; i += 1) {
      map.set(i, { values: [i, i, i, i, i, i, i, i] });
      map.delete(i - 100);
    }
    console.log((oldBytes() - before) / 1e6);`;
  const flags = ["--expose-gc", "--input-type=module", "--eval", program];
  return Number(execFileSync(process.execPath, flags, { encoding: "utf8" }));
}
