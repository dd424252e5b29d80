import { describe, expect, it } from "vitest";
import { type CodeSet, CodeSets } from "../versions/code-set.ts";
import { EvaluationResult } from "./evaluation-result.ts";
import { RecentResults } from "./recent-results.ts";

const isCurrent = (): boolean => true;
const roomy = { entries: 1_000, bytes: 1_000_000, isCurrent };
const sets = new CodeSets();
const code = sets.of(["f@1", "g@1"]);
const settled = (value: unknown): EvaluationResult => {
  const result = EvaluationResult.ofValue(value, 1_000_000);
  result.noteMaker(code, "1#0");
  return result;
};
const kept = { functionName: "f", until: 100, tookMs: 0.01 };
const at = (now: number, stamp = "1#0") => ({ functionName: "f", stamp, now });

describe("a recent result", () => {
  it("is found under its key", () => {
    const results = new RecentResults(roomy);
    results.put("a", settled(1), kept);
    expect(results.get("a", at(0))?.value).toBe(1);
    expect(results.get("b", at(0))).toBeUndefined();
  });

  it("is not found under another stamp: its function has changed, or was forgotten", () => {
    const results = new RecentResults(roomy);
    results.put("a", settled(1), kept);
    expect(results.get("a", at(0, "1#1"))).toBeUndefined();
    expect(results.get("a", at(0, "2#0"))).toBeUndefined();
  });

  it("is not found once code that took part in it is not current", () => {
    const outdated = new Set<CodeSet>();
    const results = new RecentResults({ ...roomy, isCurrent: (one) => !outdated.has(one) });
    results.put("a", settled(1), kept);
    expect(results.get("a", at(0))?.value).toBe(1);
    outdated.add(sets.of(["g@1", "f@1"]));
    expect(results.get("a", at(0))).toBeUndefined();
  });

  it("is found until its time is over, and not at that moment", () => {
    const results = new RecentResults(roomy);
    results.put("a", settled(1), kept);
    expect(results.get("a", at(99))).toBeDefined();
    expect(results.get("a", at(100))).toBeUndefined();
  });

  it("gives way to a later one", () => {
    const results = new RecentResults({ entries: 4, bytes: 1_000, isCurrent });
    results.put("a", settled(1), kept);
    results.put("b", settled(1), kept);
    results.put("a", settled(2), kept);
    expect(results.get("a", at(0))?.value).toBe(2);
  });

  it("is hardly ever kept where calls are short and not repeated", () => {
    const results = new RecentResults({ entries: 100_000, bytes: 10_000_000, isCurrent });
    for (let i = 0; i < 10_000; i += 1) results.get(`["f",${i}]`, at(0));
    for (let i = 0; i < 1_600; i += 1) results.put(`["f",${i}]`, settled(i), kept);
    const { size } = results;
    expect(size).toBeGreaterThan(20);
    expect(size).toBeLessThan(300);
    results.put("other", settled(1), { ...kept, functionName: "g" });
    expect(results.size).toBe(size + 1);
    results.put("long", settled(1), { ...kept, tookMs: 5 });
    expect(results.get("long", at(0))?.value).toBe(1);
  });

  it("is gone after all are cleared", () => {
    const results = new RecentResults({ entries: 4, bytes: 1_000, isCurrent });
    for (const key of ["a", "b", "c"]) results.put(key, settled(1), kept);
    results.clear();
    expect(results.size).toBe(0);
    expect(results.get("a", at(0))).toBeUndefined();
    expect(results.get("c", at(0))).toBeUndefined();
  });
});

describe("the bounds", () => {
  it("of entries hold, and the oldest go first", () => {
    const results = new RecentResults({ entries: 10, bytes: 1_000_000, isCurrent });
    for (let i = 0; i < 1_000; i += 1) {
      results.put(`${i}`, settled(i), kept);
      expect(results.size).toBeLessThanOrEqual(10);
      expect(results.get(`${i}`, at(0))?.value).toBe(i);
      if (i >= 5) expect(results.get(`${i - 4}`, at(0))?.value).toBe(i - 4);
    }
    expect(results.get("980", at(0))).toBeUndefined();
  });

  it("of bytes hold as well", () => {
    const results = new RecentResults({ entries: 1_000, bytes: 10_000, isCurrent });
    for (let i = 0; i < 100; i += 1) results.put(`${i}`, settled("x".repeat(1_000)), kept);
    expect(results.size).toBeGreaterThan(0);
    expect(results.size * 2_000).toBeLessThanOrEqual(10_000);
    for (const key of ["97", "98", "99"]) expect(results.get(key, at(0))).toBeDefined();
  });

  it("keep out what would push out everything else", () => {
    const results = new RecentResults({ entries: 1_000, bytes: 10_000, isCurrent });
    results.put("small", settled(1), kept);
    results.put("large", settled("x".repeat(3_000)), kept);
    expect(results.get("large", at(0))).toBeUndefined();
    expect(results.get("small", at(0))).toBeDefined();
  });

  it("of nothing keep nothing", () => {
    const results = new RecentResults({ entries: 0, bytes: 10_000, isCurrent });
    results.put("a", settled(1), kept);
    expect(results.size).toBe(0);
  });
});
