/** The smallest re-entrant function: `ratio` asks the grid for a division and waits for it. */
import { callReentrant, define } from "callgrid";

export const divide = define("divide", (x: number, y: number): number => {
  if (y === 0) throw new Error("Icky value");
  return x / y;
});

/** `i / (i - 1)`, so `ratio(1)` fails, two levels down. */
export const ratio = define("ratio", async (i: number): Promise<number> => {
  const [quotient] = await callReentrant([[divide, i, i - 1]]);
  return quotient;
});
