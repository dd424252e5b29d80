import { expect, it } from "vitest";
import { onLocalGrid } from "../on-local-grid.ts";
import * as functions from "./functions.ts";

it("a chain of 10,000 calls comes back through one worker of one slot", async () => {
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.chain, 10_000])).toBe(10_000);
  });
});
