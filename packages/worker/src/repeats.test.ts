import { describe, expect, it } from "vitest";
import { Repeats } from "./repeats.ts";

/** Looks up so many calls, of which every `hitEvery`th is answered; 0: none. */
function lookUp(repeats: Repeats, count: number, hitEvery = 0): void {
  for (let i = 0; i < count; i += 1) repeats.noteLookUp(hitEvery > 0 && i % hitEvery === 0);
}

/** How many of so many results that took `tookMs` are worth keeping. */
function kept(repeats: Repeats, count: number, tookMs = 0.01): number {
  let kept = 0;
  for (let i = 0; i < count; i += 1) if (repeats.isWorthKeeping(tookMs)) kept += 1;
  return kept;
}

describe("all results are worth keeping", () => {
  it("of a function of which little is known", () => {
    const repeats = new Repeats();
    lookUp(repeats, 999);
    expect(kept(repeats, 100)).toBe(100);
  });

  it("of a function whose calls are repeated", () => {
    const repeats = new Repeats();
    lookUp(repeats, 10_000, 5);
    expect(kept(repeats, 100)).toBe(100);
  });

  it("that took long, whether or not calls are repeated", () => {
    const repeats = new Repeats();
    lookUp(repeats, 10_000);
    expect(kept(repeats, 100, 1)).toBe(100);
    expect(kept(repeats, 100, Number.POSITIVE_INFINITY)).toBe(100);
  });
});

describe("one short result in sixteen is worth keeping", () => {
  it("of a function whose calls are not repeated", () => {
    const repeats = new Repeats();
    lookUp(repeats, 1_000);
    expect(kept(repeats, 1_600)).toBe(100);
  });

  it("until the sample shows that they are", () => {
    const repeats = new Repeats();
    lookUp(repeats, 1_000);
    // a fifth of all calls is repeated, and a sixteenth of those finds something
    lookUp(repeats, 1_000, 80);
    expect(kept(repeats, 100)).toBe(100);
  });

  it("for as long as the sample shows only now and then that they are", () => {
    const repeats = new Repeats();
    lookUp(repeats, 1_000);
    lookUp(repeats, 10_000, 500);
    expect(kept(repeats, 1_600)).toBe(100);
  });
});
