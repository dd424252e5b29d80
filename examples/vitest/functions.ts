/** A book is worth the sum of its prices. */
import { callReentrant, define } from "callgrid";

export const price = define("price", (id: string): number => id.length);

export const book = define("book", async (ids: string[]): Promise<number> => {
  const prices = await callReentrant(ids.map((id) => [price, id] as const));
  return prices.reduce((sum, one) => sum + one, 0);
});
