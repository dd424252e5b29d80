/**
 * Prices of bonds with fixed coupons: what they pay, discounted. J. Hull, "Options, Futures, and Other Derivatives", on
 * bond pricing.
 */

export interface BondTerms {
  /** Per year, of the face value. */
  readonly coupon: number;
  readonly paymentsPerYear: number;
  /** Until the face value is paid back. */
  readonly years: number;
}

/** After how many years the bond pays, in order. */
export function paymentYears({ years, paymentsPerYear }: BondTerms): number[] {
  const count = Math.ceil(years * paymentsPerYear);
  return Array.from({ length: count }, (_, payment) => years - (count - 1 - payment) / paymentsPerYear);
}

/** The price per unit of face value, given the discount factors of {@link paymentYears}. */
export function bondPrice({ coupon, paymentsPerYear }: BondTerms, discountFactors: readonly number[]): number {
  const annuity = discountFactors.reduce((sum, factor) => sum + factor, 0);
  return (coupon / paymentsPerYear) * annuity + (discountFactors.at(-1) ?? 1);
}
