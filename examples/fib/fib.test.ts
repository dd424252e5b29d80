import { expect, it } from "vitest";
import { onLocalGrid } from "../on-local-grid.ts";
import * as functions from "./functions.ts";

it("fib(78) ends, since equal calls are evaluated once", async () => {
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.fib, 78])).toBe(8_944_394_323_791_464);
  });
});

it("calls that are all distinct give the same number", async () => {
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.fibDistinct, 16, ""])).toBe(987);
  });
});
