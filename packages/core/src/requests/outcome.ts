/**
 * Outcomes: the end of a request, and the one text form in which it travels and is stored.
 * The first character is the kind: `=` plain value, `~` rich value, `!` error (see codec.ts for the value forms).
 */

import { limitDepth, limitTree, limitTreeMore } from "../errors/error-tree-limit.ts";
import { type ErrorTree, RequestError } from "../errors/errors.ts";
import { decodeValue } from "../values/codec.ts";

/** The outcome of a request: a value or an error. @public */
export type Outcome<V = unknown> = { readonly value: V } | { readonly error: RequestError };

/** An outcome as text; see the head of this file. */
export type OutcomeText = string;

/** The most characters of an error's text. */
const mostCharacters = 1_000_000;

/** Turns a tree into outcome text of at most a million characters; what there is no room for is left out, see {@link limitTree}. */
export function encodeError(tree: ErrorTree): OutcomeText {
  const limited = limitDepth(limitTree(tree));
  const text = JSON.stringify(limited);
  // control characters take six of JSON each
  return `!${text.length < mostCharacters ? text : JSON.stringify(limitTreeMore(limited))}`;
}

/** Whether the text begins as an outcome does: as a value, a rich value, or an error. */
export function isOutcomeText(text: string): text is OutcomeText {
  return /^[=~!]/.test(text);
}

/** Whether the text is an error; values are cached, errors are not. */
export function isErrorText(text: OutcomeText): boolean {
  return text.charCodeAt(0) === 33;
}

/** Turns outcome text back into an outcome; throws `INVALID_RESULT_TEXT` for text that is neither a value nor an error. */
export function decodeOutcome(text: OutcomeText): Outcome {
  if (!isErrorText(text)) return { value: decodeValue(text) };
  return { error: new RequestError(decodeErrorTree(text)) };
}

/** Reads the tree out of an error's text. Unreadable text becomes an error, `INVALID_RESULT_TEXT`, because its waiters need an outcome. */
export function decodeErrorTree(text: OutcomeText): ErrorTree {
  try {
    const tree: unknown = JSON.parse(text.slice(1));
    if (isTree(tree)) return tree;
  } catch {
    // it is not JSON, or nests deeper than can be read
  }
  return { msg: "an error outcome could not be read", code: "INVALID_RESULT_TEXT", req: "" };
}

function isTree(value: unknown): value is ErrorTree {
  if (!isRecord(value)) return false;
  const { msg, code, req, stack = "", info = {}, details = {} } = value;
  if (![msg, code, req, stack].every((part) => typeof part === "string")) return false;
  return isRecord(details) && isRecord(info) && Object.values(info).every(isTree);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
