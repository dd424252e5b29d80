/**
 * Outcomes: what a request comes to, and the one text form in which it travels and is stored.
 * The first character tells the kind: `=` plain value, `~` rich value, `!` error (see codec.ts for the value forms).
 */
import { decodeValue } from "./codec.ts";
import { limitDepth, limitTree, limitTreeMore } from "./error-tree-limit.ts";
import { type ErrorTree, GridError, RequestError } from "./errors.ts";

/** What a request came to. */
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

/** Whether the text is an error; values are cached, errors are not. */
export function isErrorText(text: OutcomeText): boolean {
  return text.charCodeAt(0) === 33;
}

/** Turns outcome text back into an outcome; throws `INVALID_RESULT_TEXT` for anything else. */
export function decodeOutcome(text: OutcomeText): Outcome {
  if (!isErrorText(text)) return { value: decodeValue(text) };
  return { error: new RequestError(decodeErrorTree(text)) };
}

/** Reads the tree out of an error's text. */
export function decodeErrorTree(text: OutcomeText): ErrorTree {
  try {
    return JSON.parse(text.slice(1)) as ErrorTree;
  } catch (cause) {
    throw new GridError("INVALID_RESULT_TEXT", "an error outcome could not be read", { cause });
  }
}
