/** The error tree of a function that a chunk called by itself, as it would be if the grid had called it. */
import { type ErrorTree, encodeRequest, isGridError, RequestError } from "@callgrid/core";

/** The tree of what was thrown by a call. */
export function sliceError(thrown: unknown, functionName: string, args: readonly unknown[]): ErrorTree {
  const req = encodeRequest([functionName, ...args], Number.POSITIVE_INFINITY).payload;
  const isError = typeof thrown === "object" && thrown !== null && "message" in thrown;
  const msg = isError ? String(thrown.message) : `thrown: ${String(thrown)}`;
  const stack = isError && "stack" in thrown && typeof thrown.stack === "string" ? { stack: thrown.stack } : {};
  if (thrown instanceof RequestError) return { msg, code: "FUNCTION_FAILED", req, info: thrown.info, ...stack };
  const code = isGridError(thrown) ? thrown.code : "FUNCTION_FAILED";
  return { msg, code, req, ...stack };
}
