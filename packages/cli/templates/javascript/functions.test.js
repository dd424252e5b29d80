// A grid in the thread of the test: no Redis, no other threads, and breakpoints work.
import assert from "node:assert/strict";
import { test } from "node:test";
import { localGrid } from "callgrid";
import * as functions from "./functions.js";

test("fib(70) is the sum of the two numbers before it", async (t) => {
  const grid = await localGrid({ functions });
  t.after(() => grid.close());
  const [sum, one, other] = await grid.enqueueAll("pool", [
    [functions.fib, 70],
    [functions.fib, 69],
    [functions.fib, 68],
  ]);
  assert.equal(sum, one + other);
});

test("fib of a negative number fails", async (t) => {
  const grid = await localGrid({ functions });
  t.after(() => grid.close());
  await assert.rejects(grid.enqueue("pool", [functions.fib, -1]), /must not be negative/);
});
