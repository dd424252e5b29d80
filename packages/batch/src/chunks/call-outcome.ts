/**
 * The outcomes of the calls of a chunk. A value that could be changed is held as text, so that each reader gets a copy of its own, and
 * a function that goes on to change what it returned changes nothing here.
 */
import { decodeValue, type ErrorTree, encodeValue } from "@callgrid/core";
import type { NamedFunction } from "./named-function.ts";
import { sliceError } from "./slice-error.ts";

/** A value, as it is or as text, or an error. */
export type CallOutcome = { readonly value: unknown } | { readonly text: string } | { readonly error: ErrorTree };

/** The value of a call, or what its function threw. */
export type RawOutcome = CallOutcome | { readonly thrown: unknown };

/** Of a value that a function returned; throws `INVALID_VALUE` or `PAYLOAD_TOO_LARGE` for one that cannot travel. */
export function outcomeOf(value: unknown): CallOutcome {
  const isPrimitive = value === null || !["object", "function", "symbol"].includes(typeof value);
  return isPrimitive ? { value } : { text: encodeValue(value) };
}

/** With the error of what was thrown; `args` are those of the call, as they were before it. */
export function withError(outcome: RawOutcome, { name }: NamedFunction, args: () => readonly unknown[]): CallOutcome {
  return "thrown" in outcome ? { error: sliceError(outcome.thrown, name, args()) } : outcome;
}

/** The value, a copy of its own for each reader; undefined for an error. */
export function valueIn(outcome: CallOutcome): unknown {
  if ("text" in outcome) return decodeValue(outcome.text);
  return "value" in outcome ? outcome.value : undefined;
}
