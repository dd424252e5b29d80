import { define } from "@callgrid/core";
import { describe, expectTypeOf, it } from "vitest";
import type { enqueue } from "./default-grid.ts";
import type { Grid } from "./grid.ts";

declare const grid: Grid;
declare const topLevel: typeof enqueue;
const divide = define("divide", (x: number, y: number) => x / y);
const shout = define("shout", async (text: string) => text.toUpperCase());

// Nothing here is run: it compiles, or does not.
const never = (): boolean => false;

describe("types", () => {
  it("a reference types its value, a name does not", () => {
    if (never()) {
      expectTypeOf(grid.enqueue("pool", [divide, 1, 2])).resolves.toBeNumber();
      expectTypeOf(grid.enqueue("pool", [shout, "x"], { timeoutMs: 5 })).resolves.toBeString();
      expectTypeOf(grid.enqueue("pool", ["divide", 1, 2])).resolves.toBeUnknown();
      expectTypeOf(topLevel("pool", [shout, "x"])).resolves.toBeString();
    }
  });

  it("arguments fit their reference", () => {
    if (never()) {
      // @ts-expect-error a string is not a number
      void grid.enqueue("pool", [divide, 1, "2"]);
      // @ts-expect-error an argument too few
      void grid.enqueue("pool", [divide, 1]);
      // @ts-expect-error an argument too many
      void grid.enqueue("pool", [divide, 1, 2, 3]);
      // @ts-expect-error a function that was not defined
      void grid.enqueue("pool", [(x: number) => x, 1]);
      // @ts-expect-error no request
      void grid.enqueue("pool", "divide");
      // @ts-expect-error a string is not a number
      void topLevel("pool", [divide, 1, "2"]);
    }
  });

  it("an array of requests gives a tuple of values", () => {
    if (never()) {
      expectTypeOf(
        grid.enqueueAll("pool", [
          [divide, 1, 2],
          [shout, "x"],
          ["name", 1],
        ]),
      ).resolves.toEqualTypeOf<[number, string, unknown]>();
      // @ts-expect-error a string is not a number
      void grid.enqueueAll("pool", [
        [divide, 1, 2],
        [divide, 1, "2"],
      ]);
    }
  });

  it("a generator of requests gives an array of values", () => {
    function* divisions(): Generator<[typeof divide, number, number]> {
      yield [divide, 1, 2];
    }
    function* mistaken(): Generator<[typeof divide, string]> {
      yield [divide, "1"];
    }
    if (never()) {
      expectTypeOf(grid.enqueueAll("pool", divisions())).resolves.toEqualTypeOf<number[]>();
      // @ts-expect-error a string is not a number
      void grid.enqueueAll("pool", mistaken());
      const mapped = [1, 2].map((x) => ["name", x] as const);
      expectTypeOf(grid.enqueueAll("pool", mapped)).resolves.toEqualTypeOf<unknown[]>();
      const typed = [1, 2].map((x) => [divide, x, 2] as const);
      expectTypeOf(grid.enqueueAll("pool", typed)).resolves.toEqualTypeOf<number[]>();
    }
  });

  it("a stream types its outcomes", () => {
    if (never()) {
      const typed = [1, 2].map((x) => [shout, `${x}`] as const);
      void (async () => {
        for await (const { index, outcome } of grid.stream("pool", typed)) {
          expectTypeOf(index).toBeNumber();
          if ("value" in outcome) expectTypeOf(outcome.value).toBeString();
        }
        for await (const { outcome } of grid.stream("pool", [["name", 1]])) {
          if ("value" in outcome) expectTypeOf(outcome.value).toBeUnknown();
        }
        // @ts-expect-error a number is not a string
        for await (const _ of grid.stream("pool", [[shout, 1]])) return;
      })();
    }
  });

  it("options are those that exist", () => {
    if (never()) {
      // @ts-expect-error no such option
      void grid.enqueue("pool", ["name"], { timeout: 5 });
      // @ts-expect-error a window makes no sense for one request
      void grid.enqueue("pool", ["name"], { window: 5 });
      void grid.enqueue("pool", ["name"], { signal: undefined, timeoutMs: undefined, cache: undefined });
    }
  });
});
