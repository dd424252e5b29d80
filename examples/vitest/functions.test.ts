/** Tests of functions: on a grid in the thread of the test, and one on worker threads, as in production. */
import { define, type LocalGrid, localGrid } from "callgrid";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as functions from "./functions.ts";

let grid: LocalGrid;
beforeAll(async () => {
  grid = await localGrid({ functions });
});
afterAll(() => grid.close());

test("a book is worth the sum of its prices", async () => {
  expect(await grid.enqueue("pool", [functions.book, ["bond", "option"]])).toBe(10);
});

test("a function that calls no other is tested without a grid", () => {
  expect(functions.price("bond")).toBe(4);
});

test("a book asks for each price", async () => {
  // requests name functions, so another function of the same name takes the place of the inner one
  const price = define("price", () => 100);
  await using other = await localGrid({ functions: [functions.book, price] });
  expect(await other.enqueue("pool", [functions.book, ["bond", "option"]])).toBe(200);
});

test("arguments and values can be sent to workers", async () => {
  await using threads = await localGrid({ functions: new URL("./functions.ts", import.meta.url), workers: 1 });
  expect(await threads.enqueue("pool", [functions.book, ["bond", "option"]])).toBe(10);
});
