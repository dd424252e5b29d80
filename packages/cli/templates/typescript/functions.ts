// What the grid evaluates: pure functions. A function calls another, or itself, through the grid by callReentrant.
import { callReentrant, define } from "callgrid";

export const fib = define("fib", async (n: number): Promise<number> => {
  if (n < 0) throw new RangeError("n must not be negative");
  if (n < 2) return n;
  const [one, other] = await callReentrant([
    [fib, n - 1],
    [fib, n - 2],
  ]);
  return one + other;
});
