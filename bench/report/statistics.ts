/** Medians, spreads and ratios. */

/** What is said of figures of several rounds. */
export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Undefined for no values. */
export function summarize(values: readonly number[]): Summary | undefined {
  const sorted = [...values].sort((one, other) => one - other);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  return { median: medianOf(sorted), min, max };
}

/** The value that so great a share of the values does not exceed (nearest rank); 0 for no values. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/**
 * The ratios of figures of the same round, which had the same machine to themselves within a short time. A round that
 * lacks either gives none.
 */
export function pairedRatios(
  numerators: ReadonlyArray<number | undefined>,
  denominators: ReadonlyArray<number | undefined>,
): number[] {
  return numerators.flatMap((numerator, round) => {
    const denominator = denominators[round];
    return numerator === undefined || denominator === undefined || denominator === 0 ? [] : [numerator / denominator];
  });
}

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? 0;
  return Number.isInteger(middle) ? (upper + (sorted[middle - 1] ?? 0)) / 2 : upper;
}
