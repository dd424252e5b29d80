/**
 * Turns what a function threw into the error tree that its callers see.
 */
import { type ErrorTree, isGridError, RequestError } from "@callgrid/core";

/** The tree of a thrown error. Failed re-entrant calls are found in the error itself or along its causes. */
export function treeOfThrown(thrown: unknown, payload: string): ErrorTree {
  if (thrown instanceof RequestError && thrown.tree.req === payload) return thrown.tree;
  const info = failedCallsIn(thrown, payload);
  const base = { code: isGridError(thrown) ? thrown.code : ("FUNCTION_FAILED" as const), req: payload };
  if (!(thrown instanceof Error)) return { msg: describeThrown(thrown), ...base, ...(info && { info }) };
  return { msg: thrown.message, ...base, ...(thrown.stack && { stack: thrown.stack }), ...(info && { info }) };
}

function failedCallsIn(thrown: unknown, payload: string): ErrorTree["info"] {
  const seen = new Set<unknown>();
  for (let error = thrown; error instanceof Error && !seen.has(error); error = error.cause) {
    seen.add(error);
    if (!(error instanceof RequestError)) continue;
    // what callReentrant threw is told as its parts; a RequestError from elsewhere (a stream's) as itself
    return error.tree.req === payload ? error.tree.info : { [error.tree.req]: error.tree };
  }
  return undefined;
}

function describeThrown(thrown: unknown): string {
  if (typeof thrown === "string") return thrown;
  try {
    return `thrown: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return `thrown: ${Object.prototype.toString.call(thrown)}`;
  }
}
