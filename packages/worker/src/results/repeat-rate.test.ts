import { describe, expect, it } from "vitest";
import { RepeatRate } from "./repeat-rate.ts";

const keyOf = (i: number): string => `["f",${i}]`;

/** A function whose results are kept where that is worth it, and each of whose calls takes `tookMs`. */
class Calls {
  readonly #repeats = new RepeatRate();
  readonly #kept = new Set<string>();
  evaluations = 0;

  call(key: string, tookMs = 0.01): void {
    const isHit = this.#kept.has(key);
    this.#repeats.noteLookUp(isHit);
    if (isHit) return;
    this.evaluations += 1;
    if (this.#repeats.isWorthKeeping(tookMs)) this.#kept.add(key);
  }

  callAll(from: number, to: number, tookMs?: number): void {
    for (let i = from; i < to; i += 1) this.call(keyOf(i), tookMs);
  }

  get keptCount(): number {
    return this.#kept.size;
  }
}

describe("all results are kept", () => {
  it("of a function of which little is known", () => {
    const calls = new Calls();
    calls.callAll(0, 1_000);
    expect(calls.keptCount).toBe(1_000);
  });

  it("of a function whose calls are repeated", () => {
    const calls = new Calls();
    for (let pass = 0; pass < 30; pass += 1) calls.callAll(0, 1_000);
    calls.callAll(1_000, 1_100);
    expect([calls.evaluations, calls.keptCount]).toEqual([1_100, 1_100]);
  });

  it("that took long, whether or not calls are repeated", () => {
    const calls = new Calls();
    calls.callAll(0, 30_000, 1);
    expect(calls.keptCount).toBe(30_000);
  });
});

it("of a function whose calls are not repeated about one short result in 64 is kept", () => {
  const calls = new Calls();
  calls.callAll(0, 10_000);
  const before = calls.keptCount;
  calls.callAll(10_000, 74_000);
  expect(calls.keptCount - before).toBeGreaterThan(800);
  expect(calls.keptCount - before).toBeLessThan(1_200);
});

describe("after a time without, calls that are repeated are noticed", () => {
  it.each([100, 5_000, 10_000])("within 5,000 look-ups and three passes, if there are %i of them", (count) => {
    const calls = new Calls();
    calls.callAll(0, 10_000);
    for (let pass = 0; pass < 5_000 / count + 3; pass += 1) calls.callAll(20_000, 20_000 + count);
    calls.evaluations = 0;
    calls.callAll(20_000, 20_000 + count);
    expect(calls.evaluations).toBe(0);
  });

  it.each([2, 3, 4, 8, 16, 17])("also where every list of %i calls is half new ones", (length) => {
    const calls = new Calls();
    let fresh = 0;
    const next = (): number => 1_000_000 + fresh++;
    calls.callAll(0, 10_000);
    const list = (): void => {
      for (let i = 0; i < length; i += 1) calls.call(keyOf(i % 2 === 0 ? i : next()));
    };
    for (let i = 0; i < 10_000; i += 1) list();
    calls.evaluations = 0;
    for (let i = 0; i < 100; i += 1) list();
    expect(calls.evaluations).toBe(100 * Math.floor(length / 2));
  });
});
