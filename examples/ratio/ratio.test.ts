import { RequestError } from "callgrid";
import { expect, it } from "vitest";
import { onLocalGrid } from "../on-local-grid.ts";
import * as functions from "./functions.ts";

it("a ratio is divided by another call, and comes back", async () => {
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueue(grid.pool, [functions.ratio, 7])).toBe(7 / 6);
  });
});

it("an error one level down arrives as the tree of the calls that failed", async () => {
  await onLocalGrid(functions, async (grid) => {
    const error = await grid.enqueue(grid.pool, ["ratio", 1]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({
      msg: 'Error from request ["ratio",1]',
      req: '["ratio",1]',
      info: { '["divide",1,0]': { msg: "Icky value", req: '["divide",1,0]' } },
    });
  });
});
