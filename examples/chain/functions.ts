/** A chain: each call waits for one more. Ten thousand deep it would be long past the end of an ordinary stack. */
import { callReentrant, define } from "callgrid";

/** How many calls there are below this one, counted by making them. */
export const chain = define("chain", async (n: number): Promise<number> => {
  if (n === 0) return 0;
  const [below] = await callReentrant([[chain, n - 1]]);
  return below + 1;
});
