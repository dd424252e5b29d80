/** Fibonacci numbers the wasteful way, once with calls that repeat and once with calls that never do. */
import { callReentrant, define } from "callgrid";

/** The n-th Fibonacci number. Its calls repeat: with the cache, `fib(80)` takes 81 evaluations. */
export const fib = define("fib", async (n: number): Promise<number> => {
  if (n < 2) return n;
  const [one, two] = await callReentrant([
    [fib, n - 1],
    [fib, n - 2],
  ]);
  return one + two;
});

/** The same number by as many evaluations as calls: the path makes each call another, so nothing can be shared. */
export const fibDistinct = define("fibDistinct", async (n: number, path: string): Promise<number> => {
  if (n < 2) return n;
  const [one, two] = await callReentrant([
    [fibDistinct, n - 1, `${path}1`],
    [fibDistinct, n - 2, `${path}2`],
  ]);
  return one + two;
});
