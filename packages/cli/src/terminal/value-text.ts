/** Values as the command line prints them: JSON where a value is plain data, and as Node shows them otherwise. */
import { inspect } from "node:util";
import { encodeValue } from "@callgrid/core";
import { visibleJson } from "./visible-text.ts";

const plainMark = "=";

/** A value for people: one line of JSON, or `Map(1) { "a" => 2n }`. */
export function valueText(value: unknown): string {
  const text = encodeValue(value, "value", Number.POSITIVE_INFINITY);
  if (text.startsWith(plainMark) && text !== plainMark) return visibleJson(text.slice(1));
  return inspect(value, {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
}
