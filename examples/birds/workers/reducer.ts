/** Adds counts up. */
export function start(list: ReadonlyArray<Readonly<Record<string, number>>>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of list)
    for (const [colour, count] of Object.entries(counts)) sums[colour] = (sums[colour] ?? 0) + count;
  return sums;
}
