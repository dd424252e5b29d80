/** What two values of one request say of the reason why they differ. Pure, and a guess: it looks at the text of both. */
import type { Mismatch } from "@callgrid/statekeeper";

/** Numbers of this size are milliseconds since 1970, from 2001 to 2286. */
const timestamps = /(?<![\d.])[1-9]\d{12}\b|\b\d{4}-\d\d-\d\dT\d\d:\d\d/;
const fractions = /\b0\.\d{6,}/;
const randomIds = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b/i;
/** Sums of floating point numbers in another order differ by less than this part of them. */
const roundingShare = 1e-9;

/** The likely cause, as the end of a sentence; undefined where nothing speaks for one. */
export function likelyCause({ evaluations: [one, other] }: Mismatch): string | undefined {
  const [major, otherMajor] = [one, other].map(({ node }) => /^v?(\d+)/.exec(node)?.[1]);
  if (major !== otherMajor) return `other versions of Node (${one.node}, ${other.node})`;
  const [differing, otherDiffering] = differingTokens(one.value, other.value);
  if (sorted(one.value) === sorted(other.value)) return "another order, such as that of keys, files or answers";
  const areBoth = (kind: RegExp): boolean => kind.test(differing) && kind.test(otherDiffering);
  if (areBoth(timestamps)) return "the time (Date.now, new Date)";
  if (isRounding(Number(differing), Number(otherDiffering))) return "numbers that were added in another order";
  if (areBoth(fractions) || areBoth(randomIds)) return "chance (Math.random, crypto)";
  return undefined;
}

function sorted(text: string): string {
  return [...text].sort().join("");
}

/** The first words that differ. */
function differingTokens(one: string, other: string): [string, string] {
  const words = (text: string): string[] => text.match(/[\w.:+-]+|[^\w.:+-]/g) ?? [];
  const [first, second] = [words(one), words(other)];
  const at = first.findIndex((word, place) => word !== second[place]);
  return [first[at] ?? "", second[at] ?? ""];
}

function isRounding(one: number, other: number): boolean {
  return Math.abs(one - other) <= roundingShare * Math.abs(one) && !(Number.isInteger(one) && Number.isInteger(other));
}
