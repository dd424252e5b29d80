/**
 * The book on the grid: a call for the book asks for its desks, these for the prices of their instruments, these for
 * discount factors, and these for the curve. Each call carries only what its value depends on: so scenarios that move
 * shares alone share all bond prices.
 */
import { callReentrant, define } from "callgrid";
import { type BondTerms, bondPrice, paymentYears } from "./bond-price.ts";
import type { Book, BookValue, Desk, Position } from "./book.ts";
import { bootstrapped, type Curve, discounted } from "./curve.ts";
import type { Market, Share, SwapQuote } from "./market.ts";
import { type OptionTerms, optionPrice } from "./option-price.ts";

type Quotes = readonly SwapQuote[];

// The default version, a hash of the function's own source, would not see a change of the formulas in other files.
const version = "1";

export const curve = define("curve", { version }, (quotes: Quotes): Curve => bootstrapped(quotes));

export const discountFactor = define(
  "discountFactor",
  { version },
  async (quotes: Quotes, years: number): Promise<number> => {
    const [factors] = await callReentrant([[curve, quotes]]);
    return discounted(factors, years);
  },
);

export const optionValue = define(
  "optionValue",
  { version },
  async (terms: OptionTerms, share: Share, quotes: Quotes): Promise<number> => {
    const [factor] = await callReentrant([[discountFactor, quotes, terms.years]]);
    return optionPrice(terms, share, factor);
  },
);

export const bondValue = define("bondValue", { version }, async (terms: BondTerms, quotes: Quotes): Promise<number> => {
  const factors = await callReentrant(paymentYears(terms).map((years) => [discountFactor, quotes, years] as const));
  return bondPrice(terms, factors);
});

export const deskValue = define("deskValue", { version }, async (desk: Desk, market: Market): Promise<number> => {
  const prices = await callReentrant(desk.positions.map((position) => priceRequest(position, market)));
  return desk.positions.reduce((sum, { quantity }, at) => sum + quantity * (prices[at] ?? Number.NaN), 0);
});

export const bookValue = define("bookValue", { version }, async (book: Book, market: Market): Promise<BookValue> => {
  const values = await callReentrant(book.desks.map((desk) => [deskValue, desk, market] as const));
  const total = values.reduce((sum, value) => sum + value, 0);
  return { total, byDesk: Object.fromEntries(book.desks.map(({ name }, at) => [name, values[at] ?? Number.NaN])) };
});

type PriceRequest =
  | readonly [typeof optionValue, OptionTerms, Share, Quotes]
  | readonly [typeof bondValue, BondTerms, Quotes];

function priceRequest({ instrument }: Position, { quotes, shares }: Market): PriceRequest {
  if (instrument.kind === "bond") return [bondValue, instrument.terms, quotes];
  const share = shares[instrument.terms.share];
  if (share === undefined) throw new Error(`the market has no share "${instrument.terms.share}"`);
  return [optionValue, instrument.terms, share, quotes];
}
