/** The formulas against published or derived values, before any grid is asked. */
import { describe, expect, it } from "vitest";
import { bondPrice, paymentYears } from "./bond-price.ts";
import { bootstrapped, discounted } from "./curve.ts";
import { type OptionTerms, optionPrice } from "./option-price.ts";

describe("the curve", () => {
  const quotes = [
    { years: 1, rate: 0.02 },
    { years: 3, rate: 0.03 },
  ];
  const curve = bootstrapped(quotes);

  it("makes every quoted swap worth its par", () => {
    for (const { years, rate } of quotes) {
      const annuity = curve.slice(1, years + 1).reduce((sum, factor) => sum + factor, 0);
      expect(rate * annuity + discounted(curve, years)).toBeCloseTo(1, 12);
    }
  });

  it("lies between its nodes in the logarithm", () => {
    expect(discounted(curve, 1.5)).toBeCloseTo(Math.sqrt(discounted(curve, 1) * discounted(curve, 2)), 12);
    expect(discounted(curve, 0)).toBe(1);
  });

  it("refuses what lies beyond its end", () => {
    expect(() => discounted(curve, 3.5)).toThrow(/ends before 3.5 years/);
  });
});

describe("option prices", () => {
  // Hull's example: share 42, strike 40, half a year, 10 % interest, volatility 20 %
  const share = { spot: 42, volatility: 0.2, dividendYield: 0 };
  const terms: OptionTerms = { share: "X", right: "call", exercise: "european", strike: 40, years: 0.5 };
  const factor = Math.exp(-0.1 * 0.5);

  it("are those of the textbook for a European call and put", () => {
    expect(optionPrice(terms, share, factor)).toBeCloseTo(4.76, 2);
    expect(optionPrice({ ...terms, right: "put" }, share, factor)).toBeCloseTo(0.81, 2);
  });

  it("of put and call differ by what their difference pays", () => {
    const put = optionPrice({ ...terms, right: "put" }, share, factor);
    expect(optionPrice(terms, share, factor) - put).toBeCloseTo(42 - 40 * factor, 6);
  });

  it("are equal for an American and a European call on a share without dividends", () => {
    const american = optionPrice({ ...terms, exercise: "american" }, share, factor);
    expect(american).toBeCloseTo(optionPrice(terms, share, factor), 2);
  });

  it("are higher for an American put than for a European one", () => {
    const put: OptionTerms = { ...terms, right: "put", strike: 45 };
    expect(optionPrice({ ...put, exercise: "american" }, share, factor)).toBeGreaterThan(
      optionPrice(put, share, factor) + 0.1,
    );
  });
});

describe("bond prices", () => {
  it("pay their last coupon with the face value, and the first within one period", () => {
    expect(paymentYears({ coupon: 0.04, paymentsPerYear: 2, years: 1.75 })).toEqual([0.25, 0.75, 1.25, 1.75]);
  });

  it("are par where the coupon is the par rate", () => {
    const quotes = [{ years: 5, rate: 0.03 }];
    const terms = { coupon: 0.03, paymentsPerYear: 1, years: 5 };
    const curve = bootstrapped(quotes);
    expect(
      bondPrice(
        terms,
        paymentYears(terms).map((years) => discounted(curve, years)),
      ),
    ).toBeCloseTo(1, 12);
  });
});
