/**
 * Error trees: of what a function threw, and of what the worker itself found wrong.
 */
import { type ErrorCode, type ErrorTree, isGridError, RequestError, requestFailed } from "@callgrid/core";
import { limitTree } from "./error-tree-limit.ts";
import { userFrames } from "./user-frames.ts";

/** An error that the worker itself found, without a throw. */
export function errorTree(code: ErrorCode, msg: string, req: string, details?: Record<string, unknown>): ErrorTree {
  return { msg, code, req, ...(details && { details }) };
}

/** The tree of a thrown error. Failed re-entrant calls are found in the error itself or along its causes. */
export function treeOfThrown(thrown: unknown, payload: string): ErrorTree {
  if (thrown instanceof RequestError && thrown.tree.req === payload) return thrown.tree;
  const info = failedCallsIn(thrown, payload);
  const details = detailsOf(thrown);
  const parts = { code: codeOf(thrown), req: payload, ...(info && { info }), ...(details && { details }) };
  if (!isErrorLike(thrown)) return limitTree({ msg: describeThrown(thrown), ...parts });
  const stack = stackOf(thrown);
  // of an outcome of streamReentrant the message is its whole tree, which stands in `info`
  const msg = thrown instanceof RequestError ? requestFailed(payload) : thrown.message;
  return limitTree({ msg, ...parts, ...(stack !== undefined && { stack }) });
}

/**
 * The user's part of the stack. Where nothing of it is the user's, what the grid itself refused says all in its message; any
 * other error is told with the whole stack, since it may be the grid's fault.
 */
function stackOf(thrown: { stack?: unknown }): string | undefined {
  const { stack } = thrown;
  if (typeof stack !== "string") return undefined;
  return userFrames(stack) ?? (isGridError(thrown) ? undefined : stack);
}

/** A failed call that the function passed on is a failure of the function; its own code stands in `info`. */
function codeOf(thrown: unknown): ErrorCode {
  return isGridError(thrown) && !(thrown instanceof RequestError) ? thrown.code : "FUNCTION_FAILED";
}

function failedCallsIn(thrown: unknown, payload: string): ErrorTree["info"] {
  const seen = new Set<unknown>();
  for (let error = thrown; isErrorLike(error) && !seen.has(error); error = error.cause) {
    seen.add(error);
    if (!(error instanceof RequestError)) continue;
    // what callReentrant threw is told as its parts; a RequestError from elsewhere (a stream's) as itself
    return error.tree.req === payload ? error.tree.info : { [error.tree.req]: error.tree };
  }
  return undefined;
}

/** What a GridError says beyond its message, if it can be written down: a tree that cannot would fail everybody who waits. */
function detailsOf(thrown: unknown): Record<string, unknown> | undefined {
  if (!isGridError(thrown) || thrown instanceof RequestError || Object.keys(thrown.details).length === 0)
    return undefined;
  try {
    return JSON.parse(JSON.stringify(thrown.details)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

/** Errors of other realms (a `vm`, a test runner) are no instances of this one's `Error`. */
function isErrorLike(thrown: unknown): thrown is { message: string; stack?: unknown; cause?: unknown } {
  return typeof thrown === "object" && thrown !== null && "message" in thrown && typeof thrown.message === "string";
}

function describeThrown(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return `thrown: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return `thrown: ${Object.prototype.toString.call(thrown)}`;
  }
}
