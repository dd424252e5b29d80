import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

const step = fc.record({
  name: fc.constantFrom("a", "b", "c", "d", "e"),
  turn: fc.option(fc.constantFrom(-1, 0, 0.5, 1, 1e13), { nil: undefined }),
});

describe("turns", () => {
  it("are in order after any steps, names with equal turns by name", () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const turns = new Turns();
        const expected = new Map<string, number>();
        for (const { name, turn } of steps) {
          if (turn === undefined) {
            turns.delete(name);
            expected.delete(name);
          } else {
            turns.set(name, turn);
            expected.set(name, turn);
          }
        }
        const sorted = [...expected]
          .map(([name, turn]) => ({ name, turn }))
          .sort((one, other) => one.turn - other.turn || (one.name < other.name ? -1 : 1));
        expect(turns.first(9)).toEqual(sorted);
        expect(turns.first(2)).toEqual(sorted.slice(0, 2));
        expect(turns.last(2)).toEqual(sorted.toReversed().slice(0, 2));
        expect(turns.size).toBe(sorted.length);
        expect(turns.has("a")).toBe(expected.has("a"));
      }),
    );
  });
});
