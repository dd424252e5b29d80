/**
 * Revalues the sample book on a pool (CALLGRID_URL, CALLGRID_POOL) under scenarios, and holds each value against the plain
 * one. An argument says how many shifts of rates, and as many of shares, to combine; default 5. Ends with exit code 1 if
 * any value differs.
 */
import { isDeepStrictEqual } from "node:util";
import { connect } from "callgrid";
import { sampleBook, sampleMarket } from "./book.ts";
import { bookValue } from "./functions.ts";
import { marketUnder, scenarioGrid } from "./market.ts";
import { PlainValuation } from "./plain-valuation.ts";

const rateRangeBasisPoints = 100;
const spotRange = 0.2;
const tellEvery = 25;

/** Evenly spaced, from one end of the range to the other. */
function shifts(range: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => range * ((2 * at) / Math.max(1, count - 1) - 1));
}

const count = Number(process.argv[2] ?? 5);
const pool = process.env["CALLGRID_POOL"] || "pool";
const scenarios = scenarioGrid(shifts(rateRangeBasisPoints, count), shifts(spotRange, count));
const markets = scenarios.map((scenario) => marketUnder(scenario, sampleMarket));
const plain = new PlainValuation();
let [done, wrong, lowest, highest] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

const grid = await connect();
try {
  const requests = markets.map((market) => [bookValue, sampleBook, market] as const);
  for await (const { index, outcome } of grid.stream(pool, requests)) {
    if ("error" in outcome) throw outcome.error;
    const { value } = outcome;
    const market = markets[index];
    if (market === undefined || !isDeepStrictEqual(value, plain.bookValue(sampleBook, market))) wrong += 1;
    lowest = Math.min(lowest, value.total);
    highest = Math.max(highest, value.total);
    done += 1;
    if (done % tellEvery === 0) console.error(`${done} of ${scenarios.length} scenarios`);
  }
} finally {
  await grid.close();
}
const verdict = wrong === 0 ? "all equal to the plain loop" : `${wrong} NOT EQUAL to the plain loop`;
console.log(`${done} scenarios: the book is worth ${lowest.toFixed(2)} to ${highest.toFixed(2)}, ${verdict}`);
process.exitCode = wrong === 0 && done === scenarios.length ? 0 : 1;
