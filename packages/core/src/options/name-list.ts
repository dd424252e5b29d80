/** Names in a message, of which there may be very many. */

/** How many of many names a message or a log line has; that there are more is what matters then. */
export const mostNamesShown = 3;

/**
 * The first few names, and how many more there are.
 *
 * @example
 * ```ts
 * nameList(["a", "b", "c", "d", "e"]); // '"a", "b", "c" and 2 more'
 * ```
 */
export function nameList(names: readonly string[]): string {
  const shown = names.slice(0, mostNamesShown).map((name) => `"${name}"`);
  const left = names.length - shown.length;
  return left === 0 ? shown.join(", ") : `${shown.join(", ")} and ${left} more`;
}
