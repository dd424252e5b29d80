import { type LocalGrid, localGrid } from "callgrid";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeApp } from "./app.ts";
import * as functions from "./functions.ts";

let grid: LocalGrid;
beforeEach(async () => {
  grid = await localGrid({ functions });
});
afterEach(() => grid.close());

it("a route has its value from the grid", async () => {
  const response = await makeApp(grid).request("/fib/70");
  expect([response.status, await response.json()]).toEqual([200, { value: 190_392_490_709_135 }]);
});

it("an error of the grid is a status with its code", async () => {
  const app = makeApp(grid);
  const failed = await app.request("/fib/-1");
  expect([failed.status, await failed.json()]).toEqual([500, { code: "FUNCTION_FAILED" }]);
  await grid.close();
  const closed = await app.request("/fib/70");
  expect([closed.status, await closed.json()]).toEqual([503, { code: "GRID_CLOSED" }]);
});
