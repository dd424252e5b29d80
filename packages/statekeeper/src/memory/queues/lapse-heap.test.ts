import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LapseHeap } from "./lapse-heap.ts";

const key = fc.constantFrom("a", "b", "c", "d", "e", "f", "g", "h");
const change = fc.tuple(key, fc.option(fc.nat(9)));

/** The changes made in turn; no time takes a key out. */
function heapOf(changes: ReadonlyArray<readonly [string, number | null]>): LapseHeap {
  const heap = new LapseHeap();
  for (const [changed, at] of changes) {
    if (at === null) heap.delete(changed);
    else heap.set(changed, at);
  }
  return heap;
}

describe("a lapse heap", () => {
  it("reports what has lapsed, the earliest first and then by key, whatever was set, moved and taken out", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60, size: "max" }), fc.nat(10), fc.nat(9), (changes, now, limit) => {
        const times = new Map<string, number>();
        for (const [changed, at] of changes) {
          if (at === null) times.delete(changed);
          else times.set(changed, at);
        }
        const expected = [...times]
          .filter(([, at]) => at <= now)
          .sort(([k, at], [l, bt]) => at - bt || (k < l ? -1 : 1));
        const heap = heapOf(changes);
        expect(heap.lapsed(now, limit)).toEqual(expected.slice(0, limit).map(([lapsed]) => lapsed));
        expect(new Map([...heap.keys()].map((kept) => [kept, heap.lapsesAt(kept)]))).toEqual(times);
        expect(heap.size).toBe(times.size);
      }),
    );
  });

  it("keeps what it reported", () => {
    const heap = heapOf([
      ["a", 1],
      ["b", 2],
    ]);
    expect(heap.lapsed(5, 1)).toEqual(["a"]);
    expect(heap.lapsed(5, 2)).toEqual(["a", "b"]);
    expect(heap.has("a")).toBe(true);
  });
});
