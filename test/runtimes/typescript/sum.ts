/** What functions.ts imports. */
export type Pair = readonly [one: number, other: number];

export function sum([one, other]: Pair): number {
  return one + other;
}
