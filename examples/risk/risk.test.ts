import { localGrid } from "callgrid";
import { expect, it } from "vitest";
import { onLocalGrid } from "../on-local-grid.ts";
import { type Book, sampleBook, sampleMarket, sampleScenarios } from "./book.ts";
import * as functions from "./functions.ts";
import { marketUnder } from "./market.ts";
import { PlainValuation } from "./plain-valuation.ts";

const book: Book = {
  desks: sampleBook.desks.map(({ name, positions }) => ({
    name,
    positions: positions.filter((_, at) => at % 9 === 0),
  })),
};
const markets = sampleScenarios.slice(8, 14).map((scenario) => marketUnder(scenario, sampleMarket));
const requests = markets.map((market) => [functions.bookValue, book, market] as const);

it("the grid's values are those of a plain run, to the last digit", async () => {
  const plain = new PlainValuation();
  await onLocalGrid(functions, async (grid) => {
    expect(await grid.enqueueAll(grid.pool, requests)).toEqual(markets.map((market) => plain.bookValue(book, market)));
  });
});

it("worker threads return the same values", async () => {
  const plain = new PlainValuation();
  const grid = await localGrid({ functions: new URL("./functions.ts", import.meta.url), workers: 2 });
  const values = await grid.enqueueAll(grid.pool, requests);
  await grid.close();
  expect(values).toEqual(markets.map((market) => plain.bookValue(book, market)));
});

it("a share that the market lacks fails the desk that holds it, by name", async () => {
  await onLocalGrid(functions, async (grid) => {
    const poor = { ...sampleMarket, shares: {} };
    await expect(grid.enqueue(grid.pool, [functions.bookValue, book, poor])).rejects.toThrow(/no share "ACME"/);
  });
});
