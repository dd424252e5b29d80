/** Figures as text: three digits that count, since the rest changes from run to run. */
import type { Summary } from "./statistics.ts";

const digits = 3;

/** `27,400`, `0.215`, `1.86`. */
export function figureText(figure: number): string {
  // more than three digits before the point are rounded, and shown as zeros
  return figure.toLocaleString("en-US", { maximumSignificantDigits: digits });
}

/** `3,906`: a count, with all its digits. */
export function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** `27,400 (27,100–28,000)`; the median alone where there was one round. */
export function summaryText({ median, min, max }: Summary): string {
  return min === max ? figureText(median) : `${figureText(median)} (${figureText(min)}–${figureText(max)})`;
}
