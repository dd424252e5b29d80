/** Looks for values that a reducer gives another result for, depending on how they are grouped. */

/** Reduces a list, somewhere. */
type Reduce = (values: readonly unknown[]) => Promise<unknown>;

/** What was grouped in two ways, and what came of it. */
export interface AssociativityFailure {
  readonly values: readonly unknown[];
  readonly together: unknown;
  readonly grouped: unknown;
}

// Sums of fractions differ in their last digits, which is not what this is about.
const tolerance = 1e-9;

/**
 * Reduces neighbouring triples of the values together, and in two groups; undefined where all agree. That nothing is found is
 * no proof.
 */
export async function findAssociativityFailure(
  values: readonly unknown[],
  reduce: Reduce,
): Promise<AssociativityFailure | undefined> {
  const padded = values.length >= 3 ? values : [...values, ...values, ...values].slice(0, values.length === 0 ? 0 : 3);
  for (let at = 0; at + 3 <= padded.length; at += 1) {
    const [a, b, c] = padded.slice(at, at + 3);
    const together = await reduce([a, b, c]);
    for (const grouped of [await reduce([await reduce([a, b]), c]), await reduce([a, await reduce([b, c])])])
      if (!isAlmostEqual(together, grouped)) return { values: [a, b, c], together, grouped };
  }
  return undefined;
}

/** Whether two values are the same, apart from the last digits of their numbers and the order of their properties. */
export function isAlmostEqual(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number")
    return Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  if (a instanceof Map && b instanceof Map) return isAlmostEqual(Object.fromEntries(a), Object.fromEntries(b));
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false;
  return keys.every((key) => Object.hasOwn(b, key) && isAlmostEqual(Reflect.get(a, key), Reflect.get(b, key)));
}
