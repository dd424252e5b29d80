/** Revalues the sample book under every scenario on the grid, and prints what each would cost. */
import { localGrid } from "callgrid";
import { sampleBook, sampleMarket, sampleScenarios } from "./book.ts";
import { bookValue } from "./functions.ts";
import { marketUnder } from "./market.ts";

const grid = await localGrid({ functions: new URL("./functions.ts", import.meta.url) });
try {
  const markets = [sampleMarket, ...sampleScenarios.map((scenario) => marketUnder(scenario, sampleMarket))];
  const [today, ...values] = await grid.enqueueAll(
    grid.pool,
    markets.map((market) => [bookValue, sampleBook, market] as const),
  );
  const base = today?.total ?? Number.NaN;
  console.log(`today${base.toFixed(2).padStart(44)}`);
  for (const [at, { name }] of sampleScenarios.entries()) {
    console.log(`${name.padEnd(34)}${((values[at]?.total ?? Number.NaN) - base).toFixed(2).padStart(15)}`);
  }
} finally {
  await grid.close();
}
