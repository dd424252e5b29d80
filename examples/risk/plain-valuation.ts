/**
 * The same book by the same formulas, called straight: no grid, one process, nothing shared. The grid's values are held
 * against these, to the last digit, and its evaluations against the number of calls made here.
 */
import { bondPrice, paymentYears } from "./bond-price.ts";
import type { Book, BookValue, Desk, Instrument } from "./book.ts";
import { bootstrapped, discounted } from "./curve.ts";
import type { Market } from "./market.ts";
import { optionPrice } from "./option-price.ts";

export class PlainValuation {
  /** How many calls were made: as many as the grid would evaluate if it shared and remembered nothing. */
  calls = 0;

  bookValue(book: Book, market: Market): BookValue {
    this.calls++;
    const byDesk = book.desks.map((desk) => [desk.name, this.#deskValue(desk, market)] as const);
    return { total: byDesk.reduce((sum, [, value]) => sum + value, 0), byDesk: Object.fromEntries(byDesk) };
  }

  #deskValue(desk: Desk, market: Market): number {
    this.calls++;
    return desk.positions.reduce(
      (sum, { instrument, quantity }) => sum + quantity * this.#price(instrument, market),
      0,
    );
  }

  #price({ kind, terms }: Instrument, market: Market): number {
    this.calls++;
    if (kind === "bond") {
      const factors = paymentYears(terms).map((years) => this.#discountFactor(market, years));
      return bondPrice(terms, factors);
    }
    const share = market.shares[terms.share];
    if (share === undefined) throw new Error(`the market has no share "${terms.share}"`);
    return optionPrice(terms, share, this.#discountFactor(market, terms.years));
  }

  #discountFactor(market: Market, years: number): number {
    // one for the factor, one for the curve that it asks for
    this.calls += 2;
    return discounted(bootstrapped(market.quotes), years);
  }
}
