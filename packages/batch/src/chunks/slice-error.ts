/** The error tree of a function that a chunk called by itself, as it would be if the grid had called it. */
import { type ErrorTree, encodeRequest } from "@callgrid/core";
import { treeOfThrown } from "@callgrid/worker";

/** The tree of what was thrown by a call. */
export function sliceError(thrown: unknown, functionName: string, args: readonly unknown[]): ErrorTree {
  return treeOfThrown(thrown, encodeRequest([functionName, ...args], Number.POSITIVE_INFINITY).payload);
}
