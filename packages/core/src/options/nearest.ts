/** "Did you mean": the names that the caller may have meant. */
import { distance } from "fastest-levenshtein";

/** One wrong character in three is a slip; more is another name. */
const charactersPerSlip = 3;
const shortestPart = 3;

/**
 * The names that resemble `wanted`, nearest first: few edits away, or with it as a part.
 *
 * @param limit - how many at most, default 3.
 * @example
 * ```ts
 * nearestNames("divde", ["divide", "ratio"]); // ["divide"]
 * ```
 */
export function nearestNames(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const found: Array<{ readonly name: string; readonly edits: number }> = [];
  for (const name of names) {
    const edits = editsTo(wanted.toLowerCase(), name.toLowerCase());
    if (edits !== undefined) found.push({ name, edits });
  }
  found.sort((one, other) => one.edits - other.edits || (one.name < other.name ? -1 : 1));
  return found.slice(0, limit).map(({ name }) => name);
}

/** The end of a message that refuses a name: a question, or nothing where no name resembles it. */
export function didYouMean(nearest: readonly string[]): string {
  return nearest.length === 0 ? "" : `; did you mean ${nearest.map((name) => `"${name}"`).join(" or ")}?`;
}

/** How many edits apart two names are; undefined if they don't resemble each other. */
function editsTo(wanted: string, name: string): number | undefined {
  const lengthDifference = Math.abs(wanted.length - name.length);
  if (Math.min(wanted.length, name.length) >= shortestPart && (name.includes(wanted) || wanted.includes(name))) {
    return lengthDifference;
  }
  const mostEdits = Math.ceil((wanted.length - 1) / charactersPerSlip);
  if (lengthDifference > mostEdits) return undefined;
  const edits = distance(wanted, name);
  return edits <= mostEdits ? edits : undefined;
}
