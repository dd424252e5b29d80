import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Fifo } from "./fifo.ts";

describe("first in, first out", () => {
  it("does what an array does, whatever is pushed and popped", () => {
    const step = fc.option(fc.string({ minLength: 1, maxLength: 2 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
        const fifo = new Fifo<string>();
        const items: string[] = [];
        for (const item of steps) {
          if (item === null) expect(fifo.pop()).toBe(items.shift());
          else items[items.length] = item;
          if (item !== null) fifo.push(item);
          expect(fifo.length).toBe(items.length);
        }
        expect([...fifo]).toEqual(items);
      }),
    );
  });

  it("keeps its order through growing and shrinking", () => {
    const fifo = new Fifo<string>();
    const items = Array.from({ length: 10_000 }, (_, i) => `${i}`);
    for (const item of items) fifo.push(item);
    expect(items.map(() => fifo.pop())).toEqual(items);
    expect([fifo.length, fifo.pop()]).toEqual([0, undefined]);
  });
});
