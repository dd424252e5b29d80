import { describe, expect, it } from "vitest";
import { RecentResults } from "./recent-results.ts";
import { Settled } from "./settled.ts";

const roomy = { entries: 1_000, bytes: 1_000_000 };
const settled = (value: unknown) => Settled.ofValue(value, 1_000_000);
const kept = { stamp: "1#0", until: 100, tookMs: 0.01 };
const call = (key: string) => ({ key, functionName: "f" });

describe("a recent result", () => {
  it("is found under its key", () => {
    const results = new RecentResults(roomy);
    results.put(call("a"), settled(1), kept);
    expect(results.get(call("a"), "1#0", 0)?.value).toBe(1);
    expect(results.get(call("b"), "1#0", 0)).toBeUndefined();
  });

  it("is not found under another stamp: its function has changed, or was forgotten", () => {
    const results = new RecentResults(roomy);
    results.put(call("a"), settled(1), kept);
    expect(results.get(call("a"), "1#1", 0)).toBeUndefined();
    expect(results.get(call("a"), "2#0", 0)).toBeUndefined();
  });

  it("is found until its time is over, and not at that moment", () => {
    const results = new RecentResults(roomy);
    results.put(call("a"), settled(1), kept);
    expect(results.get(call("a"), "1#0", 99)).toBeDefined();
    expect(results.get(call("a"), "1#0", 100)).toBeUndefined();
  });

  it("gives way to a later one", () => {
    const results = new RecentResults({ entries: 4, bytes: 1_000 });
    results.put(call("a"), settled(1), kept);
    results.put(call("b"), settled(1), kept);
    results.put(call("a"), settled(2), kept);
    expect(results.get(call("a"), "1#0", 0)?.value).toBe(2);
  });

  it("is kept as one of a sample where calls are short and not repeated", () => {
    const results = new RecentResults(roomy);
    for (let i = 0; i < 1_000; i += 1) results.get(call(`${i}`), "1#0", 0);
    for (let i = 0; i < 160; i += 1) results.put(call(`${i}`), settled(i), kept);
    expect(results.size).toBe(10);
    results.put({ key: "other", functionName: "g" }, settled(1), kept);
    expect(results.size).toBe(11);
    results.put(call("long"), settled(1), { ...kept, tookMs: 5 });
    expect(results.get(call("long"), "1#0", 0)?.value).toBe(1);
  });

  it("is gone after all are cleared", () => {
    const results = new RecentResults({ entries: 4, bytes: 1_000 });
    for (const key of ["a", "b", "c"]) results.put(call(key), settled(1), kept);
    results.clear();
    expect(results.size).toBe(0);
    expect(results.get(call("a"), "1#0", 0)).toBeUndefined();
    expect(results.get(call("c"), "1#0", 0)).toBeUndefined();
  });
});

describe("the bounds", () => {
  it("of entries hold, and the oldest go first", () => {
    const results = new RecentResults({ entries: 10, bytes: 1_000_000 });
    for (let i = 0; i < 1_000; i += 1) {
      results.put(call(`${i}`), settled(i), kept);
      expect(results.size).toBeLessThanOrEqual(10);
      expect(results.get(call(`${i}`), "1#0", 0)?.value).toBe(i);
      if (i >= 5) expect(results.get(call(`${i - 4}`), "1#0", 0)?.value).toBe(i - 4);
    }
    expect(results.get(call("980"), "1#0", 0)).toBeUndefined();
  });

  it("of bytes hold as well", () => {
    const results = new RecentResults({ entries: 1_000, bytes: 10_000 });
    for (let i = 0; i < 100; i += 1) results.put(call(`${i}`), settled("x".repeat(1_000)), kept);
    expect(results.size).toBeGreaterThan(0);
    expect(results.size * 2_000).toBeLessThanOrEqual(10_000);
    for (const key of ["97", "98", "99"]) expect(results.get(call(key), "1#0", 0)).toBeDefined();
  });

  it("keep out what would push out everything else", () => {
    const results = new RecentResults({ entries: 1_000, bytes: 10_000 });
    results.put(call("small"), settled(1), kept);
    results.put(call("large"), settled("x".repeat(3_000)), kept);
    expect(results.get(call("large"), "1#0", 0)).toBeUndefined();
    expect(results.get(call("small"), "1#0", 0)).toBeDefined();
  });

  it("of nothing keep nothing", () => {
    const results = new RecentResults({ entries: 0, bytes: 10_000 });
    results.put(call("a"), settled(1), kept);
    expect(results.size).toBe(0);
  });
});
