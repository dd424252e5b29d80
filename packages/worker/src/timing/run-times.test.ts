import { describe, expect, it } from "vitest";
import { SelfTime, SelfTimes } from "./run-times.ts";

/** A time past its warm-up that was `ms` each time. */
function settledAt(ms: number): SelfTime {
  const time = new SelfTime(ms);
  for (let i = 0; i < 200; i += 1) time.note(ms);
  return time;
}

describe("the mean self time", () => {
  it("follows a lasting change, and takes a while", () => {
    const time = settledAt(1);
    time.note(2);
    expect(time.meanMs).toBeGreaterThan(1);
    expect(time.meanMs).toBeLessThan(1.2);
    for (let i = 0; i < 100; i += 1) time.note(2);
    expect(time.meanMs).toBeCloseTo(2, 3);
  });

  it("counts a pause of the whole process for no more than a few evaluations", () => {
    const time = settledAt(1);
    time.note(10_000);
    expect(time.meanMs).toBeLessThan(1.5);
  });

  it("grows from nothing, although each sample counts for a multiple of it only", () => {
    const time = settledAt(0);
    for (let i = 0; i < 200; i += 1) time.note(5);
    expect(time.meanMs).toBeGreaterThan(4);
  });

  it("takes the best of the first few, which run before the code is warm", () => {
    const time = new SelfTime(50);
    expect(time.isWarmingUp).toBe(true);
    time.note(0.05);
    expect(time.meanMs).toBe(0.05);
  });

  it("is no longer replaced by a single short one once it is warm", () => {
    const time = settledAt(1);
    expect(time.isWarmingUp).toBe(false);
    time.note(0.001);
    expect(time.meanMs).toBeGreaterThan(0.8);
  });
});

describe("the cautious estimate", () => {
  it("comes down to the mean where each takes the same", () => {
    expect(settledAt(1).expectedMs).toBeCloseTo(1, 3);
  });

  it("is well above the mean where they differ", () => {
    const time = settledAt(1);
    for (let i = 0; i < 100; i += 1) time.note(i % 2 === 0 ? 0.5 : 1.5);
    expect(time.expectedMs).toBeGreaterThan(time.meanMs + 0.5);
  });
});

describe("the time to go by", () => {
  it("is not known before an evaluation has finished", () => {
    const times = new SelfTimes();
    times.noteFirstPart("f", 0.01);
    expect(times.get("f")?.usualMs).toBeUndefined();
    times.note("f", 0.01);
    expect(times.get("f")?.usualMs).toBeCloseTo(0.01);
  });

  it("is known of a function that has begun very often, and has never finished since it calls itself", () => {
    const times = new SelfTimes();
    for (let i = 0; i < 100; i += 1) times.noteFirstPart("f", 0.01);
    expect(times.get("f")?.usualMs).toBeUndefined();
    for (let i = 0; i < 100; i += 1) times.noteFirstPart("f", 0.01);
    expect(times.get("f")?.usualMs).toBeCloseTo(0.01);
  });

  it("does not come from first parts any more once whole evaluations are known", () => {
    const times = new SelfTimes();
    times.note("f", 1);
    for (let i = 0; i < 100; i += 1) times.noteFirstPart("f", 0.001);
    expect(times.get("f")?.meanMs).toBe(1);
  });
});

it("a function that was seen to wait for calls is known to have some, before and after it has finished", () => {
  const times = new SelfTimes();
  times.noteFirstPart("f", 0.01);
  times.note("f", 0.01);
  times.note("g", 0.01);
  times.note("h", 0.01);
  times.noteFirstPart("h", 0.01);
  expect(["f", "g", "h"].map((name) => times.get(name)?.hasCalls)).toEqual([true, false, true]);
});

describe("the measured mean", () => {
  function measured(...ms: readonly number[]): number | undefined {
    const times = new SelfTimes();
    for (const each of ms) times.note("f", each);
    return times.get("f")?.measuredMs;
  }

  it.each<[ms: number[], mean: number]>([
    [[50], 50],
    [[50, 50, 50, 50, 50, 50], 50],
    [[300, 100], 200],
    [[10, 20, 90], 40],
    [[1, 1, 1, 997], 250],
  ])("of %j is %i", (ms, mean) => {
    expect(measured(...ms)).toBeCloseTo(mean, 9);
  });

  it("follows a lasting change", () => {
    expect(measured(...Array(100).fill(1), ...Array(200).fill(5))).toBeCloseTo(5, 1);
  });

  it("does not come from the beginnings of evaluations", () => {
    const times = new SelfTimes();
    times.noteFirstPart("f", 7);
    times.note("f", 9);
    expect(times.get("f")?.measuredMs).toBe(9);
  });
});

describe("reports", () => {
  it("report what is new since the last one, and nothing where nothing is", () => {
    const times = new SelfTimes();
    expect(times.takeReports()).toEqual([]);
    times.note("f", 1);
    times.note("f", 1, true);
    times.noteFirstPart("g", 1);
    const micros = { selfMicros: 1_000, expectedMicros: 1_750 };
    expect(times.takeReports()).toEqual([{ functionName: "f", evaluations: 2, failures: 1, ...micros }]);
    expect(times.takeReports()).toEqual([]);
    times.note("f", 1);
    expect(times.takeReports()).toMatchObject([{ functionName: "f", evaluations: 1, failures: 0, selfMicros: 1_000 }]);
  });

  it("have a steady time once in a while, and one that changes at once", () => {
    const times = new SelfTimes();
    const reported = Array.from({ length: 100 }, () => {
      times.note("f", 1);
      return times.takeReports()[0]?.selfMicros;
    });
    expect(reported[0]).toBe(1_000);
    expect(reported.filter((micros) => micros === 1_000).length).toBeLessThan(20);
    expect(reported.slice(60).filter((micros) => micros === 1_000).length).toBeGreaterThan(0);
    times.note("f", 20);
    expect(times.takeReports()[0]?.selfMicros).toBeGreaterThan(1_000);
  });

  it("never report no time at all, which would mean that it is as before", () => {
    const times = new SelfTimes();
    times.note("f", 0);
    expect(times.takeReports()).toMatchObject([{ selfMicros: 1, expectedMicros: 1 }]);
  });
});
