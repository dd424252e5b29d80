import { cycleThrough, type ObservedPool } from "@callgrid/statekeeper";
import type { RequestSituation } from "./request-explanation.ts";

// Enough to see which of many children hold a request up; each is a round trip.
const shownChildren = 20;
const cycleSteps = 10_000;

/** Reads what is known of one request and of those it waits for, in a bounded number of round trips. */
export async function lookAtRequest(
  keeper: ObservedPool,
  { id, functionName }: Pick<RequestSituation, "id" | "functionName">,
): Promise<RequestSituation> {
  const [pool, request] = await Promise.all([keeper.inspect(), keeper.inspectRequest(id)]);
  const children = (request?.waitsFor ?? []).slice(0, shownChildren);
  const waitsFor = await Promise.all(
    children.map(async (child) => ({ id: child, request: await keeper.inspectRequest(child) })),
  );
  const cycle = request?.state === "suspended" ? cycleThrough(id, await keeper.followWaits([id], cycleSteps)) : [];
  return { id, functionName, pool, request, waitsFor, cycle };
}
