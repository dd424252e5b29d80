/**
 * The text of a value that was read by a snapshot. Plain data becomes exactly JSON. Everything else becomes a tag that JSON can't
 * contain (`Date(0)`, `-1n`, `undefined`), so no two different values share a text.
 */
import { BytesText } from "./bytes-text.ts";
import { errorParts } from "./portable-error.ts";

/** Writes a value of which all parts are a snapshot's own. */
export function canonicalText(value: unknown): string {
  switch (typeof value) {
    case "number":
      return Object.is(value, -0) ? "Number(-0)" : `${value}`;
    case "bigint":
      return `${value}n`;
    case "undefined":
      return "undefined";
    case "object":
      return value === null ? "null" : objectText(value);
    default:
      return JSON.stringify(value);
  }
}

function objectText(value: object): string {
  if (Array.isArray(value)) return membersText(value);
  if (value instanceof Map) return `Map(${entriesText(value)})`;
  if (value instanceof Set) return `Set(${membersText(value)})`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (value instanceof URL) return `URL(${JSON.stringify(value.href)})`;
  if (value instanceof Error) return errorText(value);
  if (value instanceof BytesText) return `${value.className}(${value.base64})`;
  return propertiesText(value as Readonly<Record<string, unknown>>);
}

// Loops and no callbacks below: a value may nest 1000 levels, and each call takes its part of the stack.

function membersText(values: Iterable<unknown>): string {
  let text = "[";
  for (const value of values) text += (text.length > 1 ? "," : "") + canonicalText(value);
  return `${text}]`;
}

function entriesText(map: ReadonlyMap<unknown, unknown>): string {
  let text = "[";
  for (const [key, value] of map)
    text += `${text.length > 1 ? "," : ""}[${canonicalText(key)},${canonicalText(value)}]`;
  return `${text}]`;
}

function propertiesText(value: Readonly<Record<string, unknown>>): string {
  let text = "{";
  for (const key of Object.keys(value))
    text += `${text.length > 1 ? "," : ""}${JSON.stringify(key)}:${canonicalText(value[key])}`;
  return `${text}}`;
}

function errorText(error: Error): string {
  const parts = errorParts(error);
  return `Error(${JSON.stringify(parts.class)},${propertiesText(parts.hidden)},${propertiesText(parts.shown)})`;
}
