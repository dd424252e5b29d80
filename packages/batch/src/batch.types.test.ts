/** Types alone: what the compiler accepts of a batch, and what it refuses. */
import { define } from "@callgrid/core";
import { expectTypeOf, it } from "vitest";
import { type FileSlice, readText } from "./data/file-slice.ts";
import { lines } from "./data/file-source.ts";
import { range } from "./data/number-range.ts";
import type { Batching } from "./run/grid-with-batches.ts";

declare const grid: Batching;

const double = define("types.double", (x: number): number => 2 * x);
const length = define("types.length", async (text: string): Promise<number> => text.length);
const textOf = define("types.textOf", (slice: FileSlice): string => readText(slice));
const sum = define("types.sum", (values: number[]): string => String(values.length));

it("the process function has to take what the data is cut into", () => {
  const accepted = () => {
    expectTypeOf(grid.batch({ data: [1, 2], process: double }).result()).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(grid.batch({ data: new Set(["a"]), process: length }).result()).resolves.toEqualTypeOf<number[]>();
    expectTypeOf(
      grid.batch({ data: range(0, 3), process: double, reduce: sum }).result(),
    ).resolves.toEqualTypeOf<string>();
    expectTypeOf(grid.batch({ data: lines("a"), process: textOf }).result()).resolves.toEqualTypeOf<string[]>();
    grid.batch({ data: [1, "a"], process: "double" });
    grid.batch({ data: ["a"], slice: () => undefined, process: double });
    // @ts-expect-error texts are no numbers
    grid.batch({ data: ["a", "b"], process: double });
    // @ts-expect-error whole numbers are no texts
    grid.batch({ data: range(0, 3), process: length });
    // @ts-expect-error slices of files are no texts
    grid.batch({ data: lines("a"), process: length });
  };
  expectTypeOf(accepted).toBeFunction();
});
