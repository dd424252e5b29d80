/**
 * The way to a part of a value, as refusals print it: `args[1].rows[3]["odd key"]`.
 * Segments are kept raw while a value is walked; text is made of them only when something is refused.
 */

import { shortText } from "../text/short-text.ts";
import { canonicalText } from "./canonical-text.ts";

/** A property name, an index, or a place in a Map. */
export type PathSegment = string | number | MapPlace;

/** The n-th key of a Map, or the member under a key. */
type MapPlace = { readonly keyIndex: number } | { readonly key: unknown };

const identifier = /^[A-Za-z_$][\w$]*$/;
const longestShownKey = 80;

/** Appends the segments to the name of the root. */
export function pathText(root: string, segments: readonly PathSegment[]): string {
  return root + segments.map(segmentText).join("");
}

function segmentText(segment: PathSegment): string {
  if (typeof segment === "number") return `[${segment}]`;
  if (typeof segment === "object") return mapSegmentText(segment);
  return identifier.test(segment) ? `.${segment}` : `[${JSON.stringify(shortText(segment, longestShownKey))}]`;
}

function mapSegmentText(place: MapPlace): string {
  if ("keyIndex" in place) return `.keys[${place.keyIndex}]`;
  return `.get(${shortText(canonicalText(place.key), longestShownKey)})`;
}
