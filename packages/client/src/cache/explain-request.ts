import { type EncodedRequest, requestId } from "@callgrid/core";
import { lookAtFiles, type ObservedPool } from "@callgrid/statekeeper";
import { type CacheExplanation, explainResult, versionsConcerned } from "./cache-explanation.ts";

/** Reads what a pool says of the kept result of a request, in three round trips at most. */
export async function explainRequest(
  keeper: ObservedPool,
  { functionName, canonical }: Pick<EncodedRequest, "functionName" | "canonical">,
): Promise<CacheExplanation> {
  const id = requestId(canonical);
  const [kept, table] = await Promise.all([keeper.inspectResult(id), keeper.functions()]);
  const concerned = kept === undefined ? [] : versionsConcerned(functionName, kept.stamp, table);
  const looked = kept === undefined ? [] : await lookAtFiles(kept.stamp);
  const files = looked.map(({ path, state }) => ({ path, state }));
  return explainResult({ id, functionName, kept, table, notes: await keeper.readCode(concerned), files });
}
