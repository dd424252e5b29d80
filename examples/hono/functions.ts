/** What the workers evaluate: callgrid worker --pool pool --functions functions.ts */
import { callReentrant, define } from "callgrid";

export const fib = define("fib", async (n: number): Promise<number> => {
  if (!Number.isInteger(n) || n < 0) throw new RangeError("n must be a whole number");
  if (n < 2) return n;
  const [one, other] = await callReentrant([
    [fib, n - 1],
    [fib, n - 2],
  ]);
  return one + other;
});
