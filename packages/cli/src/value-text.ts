/** Values as the command line prints them: JSON where a value is plain data, and as Node shows them otherwise. */
import { inspect } from "node:util";
import { encodeValue } from "@callgrid/core";

const plainMark = "=";

/** A value for people: one line of JSON, or `Map(1) { "a" => 2n }`. */
export function valueText(value: unknown): string {
  const text = encode(value);
  if (text.startsWith(plainMark) && text !== plainMark) return text.slice(1);
  return inspect(value, {
    depth: null,
    maxArrayLength: null,
    maxStringLength: null,
    breakLength: Number.POSITIVE_INFINITY,
  });
}

/** A value as JSON fields: `{ value }`, and beside it SuperJSON's `meta` where JSON alone would lose what it was. */
export function valueFields(value: unknown): { readonly value: unknown; readonly meta?: unknown } {
  const text = encode(value);
  if (text === plainMark) return { value: null, meta: { values: ["undefined"] } };
  if (text.startsWith(plainMark)) return { value };
  const { json, meta } = JSON.parse(text.slice(1)) as { json: unknown; meta: unknown };
  return { value: json, meta };
}

function encode(value: unknown): string {
  return encodeValue(value, "value", Number.POSITIVE_INFINITY);
}
