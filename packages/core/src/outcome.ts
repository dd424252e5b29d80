/**
 * Outcomes: what a request comes to, and the one text form in which it travels and is stored.
 * The first character tells the kind: `=` plain value, `~` rich value, `!` error (see codec.ts for the value forms).
 */
import { decodeValue } from "./codec.ts";
import { type ErrorTree, GridError, RequestError } from "./errors.ts";

/** What a request came to. */
export type Outcome<V = unknown> = { readonly value: V } | { readonly error: RequestError };

/** An outcome as text; see the head of this file. */
export type OutcomeText = string;

/** How many levels of an error tree travel. What lies between them and the deepest cause is left out, and says so. */
export const errorTreeDepthLimit = 64;

/** Turns a tree into outcome text. */
export function encodeError(tree: ErrorTree): OutcomeText {
  return `!${JSON.stringify(limitDepth(tree))}`;
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

/**
 * A chain of ten thousand calls fails with a tree ten thousand levels deep, whose text would be sent once a level.
 * So each level passes on at most {@link errorTreeDepthLimit} levels: the upper ones, and the deepest cause.
 */
function limitDepth(tree: ErrorTree): ErrorTree {
  if (!isDeeperThan(tree, errorTreeDepthLimit)) return tree;
  return cutBelow(tree, errorTreeDepthLimit - 2);
}

function isDeeperThan(tree: ErrorTree, levels: number): boolean {
  if (levels === 0) return true;
  return parts(tree).some((part) => isDeeperThan(part, levels - 1));
}

function cutBelow(tree: ErrorTree, levels: number): ErrorTree {
  if (parts(tree).length === 0) return tree;
  if (levels > 0) return withParts(tree, (part) => cutBelow(part, levels - 1));
  return withParts(tree, (part) => deepestCause(part));
}

function withParts(tree: ErrorTree, change: (part: ErrorTree) => ErrorTree): ErrorTree {
  const entries = Object.values(tree.info ?? {})
    .map(change)
    .map((part) => [part.req, part] as const);
  return { ...tree, info: Object.fromEntries(entries) };
}

function deepestCause(tree: ErrorTree): ErrorTree {
  let deepest = tree;
  let leftOut = 0;
  for (let next = parts(deepest)[0]; next !== undefined; next = parts(deepest)[0]) {
    const before = deepest.details?.["levelsLeftOut"];
    leftOut += 1 + (typeof before === "number" ? before : 0);
    deepest = next;
  }
  const before = deepest.details?.["levelsLeftOut"];
  const total = leftOut + (typeof before === "number" ? before : 0);
  return total === 0 ? deepest : { ...deepest, details: { ...deepest.details, levelsLeftOut: total } };
}

function parts(tree: ErrorTree): ErrorTree[] {
  return Object.values(tree.info ?? {});
}
