/** The function that each runtime evaluates: it calls itself through the grid. */
import { callReentrant, define } from "callgrid";

export const fib = define("fib", async (n) => {
  if (n < 2) return n;
  const [one, other] = await callReentrant([
    [fib, n - 1],
    [fib, n - 2],
  ]);
  return one + other;
});
