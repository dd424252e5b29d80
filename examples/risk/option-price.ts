/**
 * Prices of options on shares. European ones by the formula of F. Black and M. Scholes ("The Pricing of Options and
 * Corporate Liabilities", Journal of Political Economy 81, 1973) with R. Merton's dividend yield; American ones by the
 * tree of J. Cox, S. Ross and M. Rubinstein ("Option Pricing: A Simplified Approach", Journal of Financial Economics 7,
 * 1979).
 */
import type { Share } from "./market.ts";

export interface OptionTerms {
  readonly share: string;
  readonly right: "call" | "put";
  /** European: at the end only. American: at any time until then. */
  readonly exercise: "european" | "american";
  readonly strike: number;
  /** Until the end. */
  readonly years: number;
}

/** The price, given what one unit at the option's end is worth now. */
export function optionPrice(terms: OptionTerms, share: Share, discountFactor: number): number {
  return terms.exercise === "european"
    ? blackScholes(terms, share, discountFactor)
    : treePrice(terms, share, discountFactor);
}

function blackScholes({ right, strike, years }: OptionTerms, share: Share, discountFactor: number): number {
  const { spot, volatility, dividendYield } = share;
  const spread = volatility * Math.sqrt(years);
  const present = spot * Math.exp(-dividendYield * years);
  const presentStrike = strike * discountFactor;
  const d1 = Math.log(present / presentStrike) / spread + spread / 2;
  const d2 = d1 - spread;
  return right === "call"
    ? present * normalDistribution(d1) - presentStrike * normalDistribution(d2)
    : presentStrike * normalDistribution(-d2) - present * normalDistribution(-d1);
}

const treeSteps = 800;

function treePrice({ right, strike, years }: OptionTerms, share: Share, discountFactor: number): number {
  const stepYears = years / treeSteps;
  const up = Math.exp(share.volatility * Math.sqrt(stepYears));
  const stepDiscount = discountFactor ** (1 / treeSteps);
  const upWeight = (Math.exp(-share.dividendYield * stepYears) / stepDiscount - 1 / up) / (up - 1 / up);
  const sign = right === "call" ? 1 : -1;
  const atOnce = (step: number, ups: number): number =>
    Math.max(0, sign * (share.spot * up ** (2 * ups - step) - strike));
  const values = Float64Array.from({ length: treeSteps + 1 }, (_, ups) => atOnce(treeSteps, ups));
  for (let step = treeSteps - 1; step >= 0; step--)
    stepBack(values, { step, upWeight, stepDiscount, sign, strike, spot: share.spot, up });
  return values[0] ?? Number.NaN;
}

interface TreeStep {
  readonly step: number;
  readonly upWeight: number;
  readonly stepDiscount: number;
  readonly sign: number;
  readonly strike: number;
  readonly spot: number;
  readonly up: number;
}

/** From the values after a step to those before it, each the better of waiting and of exercising. */
function stepBack(values: Float64Array, { step, upWeight, stepDiscount, sign, strike, spot, up }: TreeStep): void {
  const twoUp = up * up;
  let price = spot / up ** step;
  for (let ups = 0; ups <= step; ups++) {
    const lower = values[ups] ?? 0;
    const upper = values[ups + 1] ?? 0;
    const waited = stepDiscount * (upWeight * upper + (1 - upWeight) * lower);
    values[ups] = Math.max(waited, sign * (price - strike));
    price *= twoUp;
  }
}

/**
 * The standard normal distribution, with an error below 7.5e-8: M. Abramowitz and I. Stegun, "Handbook of Mathematical
 * Functions", 26.2.17.
 */
function normalDistribution(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const polynomial = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return x >= 0 ? 1 - tail : tail;
}
