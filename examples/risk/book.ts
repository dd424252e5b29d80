/** What is held: a book of desks of positions. The price of an instrument that two desks hold is worked out once. */
import type { BondTerms } from "./bond-price.ts";
import { type Market, type Scenario, scenarioGrid } from "./market.ts";
import type { OptionTerms } from "./option-price.ts";

export type Instrument =
  | { readonly kind: "option"; readonly terms: OptionTerms }
  | { readonly kind: "bond"; readonly terms: BondTerms };

export interface Position {
  readonly instrument: Instrument;
  /** Options, or face value of a bond; negative: owed. */
  readonly quantity: number;
}

export interface Desk {
  readonly name: string;
  readonly positions: readonly Position[];
}

export interface Book {
  readonly desks: readonly Desk[];
}

/** The worth of a book, in whole and by desk. */
export interface BookValue {
  readonly total: number;
  readonly byDesk: Readonly<Record<string, number>>;
}

export const sampleMarket: Market = {
  quotes: [
    { years: 1, rate: 0.0312 },
    { years: 2, rate: 0.0294 },
    { years: 3, rate: 0.0288 },
    { years: 5, rate: 0.0291 },
    { years: 7, rate: 0.0299 },
    { years: 10, rate: 0.0311 },
    { years: 15, rate: 0.0322 },
    { years: 20, rate: 0.0325 },
    { years: 30, rate: 0.0318 },
  ],
  shares: {
    ACME: { spot: 104.5, volatility: 0.24, dividendYield: 0.021 },
    GLOBEX: { spot: 48.2, volatility: 0.31, dividendYield: 0 },
    INITECH: { spot: 212, volatility: 0.19, dividendYield: 0.034 },
  },
};

/** Rates from a point down to a point up, and shares from a fifth down to a fifth up. */
export const sampleScenarios: readonly Scenario[] = scenarioGrid([-100, -50, 0, 50, 100], [-0.2, -0.1, 0, 0.1, 0.2]);

const europeans = optionsOf("european", ["call", "put"], [0.8, 0.9, 1, 1.1, 1.2], [0.25, 0.5, 1, 2]);
const americans = optionsOf("american", ["put"], [0.9, 1, 1.1], [0.5, 1]);
const bonds = [2, 3.5, 5, 7.25, 10, 15, 20, 30].flatMap((years) => [0.02, 0.035].map((coupon) => bond(coupon, years)));

/** Two desks of options and two of bonds; the second of each kind hedges with instruments of the first. */
export const sampleBook: Book = {
  desks: [
    { name: "equity", positions: europeans.map((instrument, at) => ({ instrument, quantity: 100 * ((at % 7) - 2) })) },
    {
      name: "protection",
      positions: [...americans, ...europeans.slice(0, 30)].map((instrument) => ({ instrument, quantity: 250 })),
    },
    { name: "rates", positions: bonds.map((instrument, at) => ({ instrument, quantity: 10_000 * ((at % 5) - 1) })) },
    { name: "treasury", positions: bonds.slice(0, 8).map((instrument) => ({ instrument, quantity: -5_000 })) },
  ],
};

/** On every share, with strikes by the spot of {@link sampleMarket}. */
function optionsOf(
  exercise: OptionTerms["exercise"],
  rights: ReadonlyArray<OptionTerms["right"]>,
  moneyness: readonly number[],
  ends: readonly number[],
): Instrument[] {
  return Object.entries(sampleMarket.shares).flatMap(([share, { spot }]) => {
    const strikes = moneyness.map((ratio) => Math.round(spot * ratio));
    const terms = rights.flatMap((right) =>
      strikes.flatMap((strike) => ends.map((years) => ({ share, right, exercise, strike, years }))),
    );
    return terms.map((one): Instrument => ({ kind: "option", terms: one }));
  });
}

function bond(coupon: number, years: number): Instrument {
  return { kind: "bond", terms: { coupon, paymentsPerYear: 2, years } };
}
