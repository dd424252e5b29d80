/**
 * What prices depend on, as plain data: quotes of swap rates, the state of each share, and scenarios that shift them.
 */

/** The par rate of a swap with yearly payments. Quotes are ordered by years. */
export interface SwapQuote {
  /** A whole number of years. */
  readonly years: number;
  /** Per year: 0.03 is 3 %. */
  readonly rate: number;
}

/** One share. */
export interface Share {
  readonly spot: number;
  /** Of the logarithm of the price, per square root of a year. */
  readonly volatility: number;
  /** Continuous, per year. */
  readonly dividendYield: number;
}

export interface Market {
  readonly quotes: readonly SwapQuote[];
  readonly shares: Readonly<Record<string, Share>>;
}

/** How a market may move. */
export interface Scenario {
  readonly name: string;
  /** Added to every rate, in basis points. */
  readonly rateShiftBasisPoints: number;
  /** Relative, for every share: 0.1 is ten per cent up. */
  readonly spotShift: number;
}

/**
 * The market as it would be. What a scenario does not move stays equal to the last digit, so that prices can be shared.
 */
export function marketUnder(scenario: Scenario, market: Market): Market {
  const shift = scenario.rateShiftBasisPoints / 10_000;
  const quotes = market.quotes.map(({ years, rate }) => ({ years, rate: rate + shift }));
  const shares = Object.entries(market.shares).map(([name, share]) => {
    return [name, { ...share, spot: share.spot * (1 + scenario.spotShift) }] as const;
  });
  return { quotes, shares: Object.fromEntries(shares) };
}

/** Every combination of the shifts. */
export function scenarioGrid(rateShifts: readonly number[], spotShifts: readonly number[]): Scenario[] {
  return rateShifts.flatMap((rateShiftBasisPoints) => {
    return spotShifts.map((spotShift) => ({
      name: `rates ${signed(rateShiftBasisPoints)} bp, shares ${signed(Math.round(spotShift * 100))} %`,
      rateShiftBasisPoints,
      spotShift,
    }));
  });
}

function signed(value: number): string {
  return value > 0 ? `+${value}` : `${value}`;
}
