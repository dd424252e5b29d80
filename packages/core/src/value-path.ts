/**
 * The way to a part of a value, as refusals print it: `args[1].rows[3]["odd key"]`.
 * Segments are kept raw while a value is walked; text is made of them only when something is refused.
 */
import { shortText } from "./short-text.ts";

/** A property name, an index, or (for members of a Map) text that is printed as it is. */
export type PathSegment = string | number | { readonly text: string };

const identifier = /^[A-Za-z_$][\w$]*$/;
const longestShownKey = 80;

/** Appends the segments to the name of the root. */
export function pathText(root: string, segments: readonly PathSegment[]): string {
  return root + segments.map(segmentText).join("");
}

function segmentText(segment: PathSegment): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (typeof segment === "object") return segment.text;
  return identifier.test(segment) ? `.${segment}` : `[${JSON.stringify(shortText(segment, longestShownKey))}]`;
}

/** The member of a Map under the key whose canonical text this is. */
export function mapEntrySegment(canonicalKey: string): PathSegment {
  return { text: `.get(${shortText(canonicalKey, longestShownKey)})` };
}

/** The n-th key of a Map, for a refusal inside the key itself. */
export function mapKeySegment(index: number): PathSegment {
  return { text: `.keys[${index}]` };
}
