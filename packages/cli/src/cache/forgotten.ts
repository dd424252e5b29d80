/** What of kept results is to be forgotten: that of one request, or all of a function. */
import { didYouMean, encodeRequest, GridError, nearestNames, requestId } from "@callgrid/core";
import type { ObservedPool } from "@callgrid/statekeeper";
import { parseRequest } from "../requests/request-text.ts";

/** As the statekeeper takes it. */
export type Forgotten = { readonly id: string } | { readonly functionName: string };

/** Reads a request as JSON, or the name of a function, which the pool must have had: a slip in it would forget nothing, and say nothing. */
export async function readForgotten(keeper: ObservedPool, text: string): Promise<Forgotten> {
  if (text.trimStart().startsWith("[")) {
    const { canonical } = encodeRequest(parseRequest(text, "the request"));
    return { id: requestId(canonical) };
  }
  const { functionName } = encodeRequest([text]);
  const names = [...(await keeper.functions()).functions.keys()];
  if (names.includes(functionName)) return { functionName };
  const nearest = nearestNames(functionName, names);
  const message = `pool "${keeper.pool}" never had a function "${functionName}"${didYouMean(nearest)}`;
  throw new GridError("UNKNOWN_FUNCTION", message, { details: { functionName, nearest } });
}
