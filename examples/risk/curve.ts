/**
 * The discount curve of a swap market. Bootstrapping as in J. Hull, "Options, Futures, and Other Derivatives", where
 * zero rates are found from par rates; interpolation linear in the logarithm of the discount factor, which is "raw" in
 * P. Hagan and G. West, "Interpolation Methods for Curve Construction", Applied Mathematical Finance 13 (2006).
 */
import type { SwapQuote } from "./market.ts";

/** Discount factors after 0, 1, 2, … years. */
export type Curve = readonly number[];

/**
 * The curve on which each quoted swap is worth its par: `1 = rate · (d(1) + … + d(n)) + d(n)`. Rates of years between
 * two quotes lie on the line between them, and those before the first quote are equal to it.
 */
export function bootstrapped(quotes: readonly SwapQuote[]): Curve {
  const factors = [1];
  let annuity = 0;
  const lastYear = quotes.at(-1)?.years ?? 0;
  for (let year = 1; year <= lastYear; year++) {
    const rate = parRate(quotes, year);
    const factor = (1 - rate * annuity) / (1 + rate);
    annuity += factor;
    factors.push(factor);
  }
  return factors;
}

/** What one unit to be paid after `years` is worth now; throws beyond the end of the curve. */
export function discounted(curve: Curve, years: number): number {
  const before = Math.floor(years);
  const left = curve[before];
  if (left !== undefined && years === before) return left;
  const right = curve[before + 1];
  if (left === undefined || right === undefined) throw new RangeError(`the curve ends before ${years} years`);
  return Math.exp(Math.log(left) + (Math.log(right) - Math.log(left)) * (years - before));
}

function parRate(quotes: readonly SwapQuote[], year: number): number {
  const after = quotes.find(({ years }) => years >= year);
  const before = quotes.findLast(({ years }) => years <= year);
  if (after === undefined || before === undefined) return (after ?? before)?.rate ?? Number.NaN;
  if (after.years === before.years) return after.rate;
  return before.rate + ((after.rate - before.rate) * (year - before.years)) / (after.years - before.years);
}
