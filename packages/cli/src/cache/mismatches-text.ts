/** The mismatches of a pool, as `cache verify` prints them. */
import type { FunctionMismatch } from "@callgrid/client";
import { durationText } from "../terminal/durations.ts";

/** A paragraph for each function, and what to do. */
export function mismatchesText(pool: string, mismatches: readonly FunctionMismatch[]): string {
  if (mismatches.length === 0)
    return "No function has given different values for one request. Workers compare where they are started with --verify.";
  const names = mismatches.map(({ functionName }) => functionName);
  return [
    ...mismatches.map(paragraphOf),
    "Results of these functions, and of what calls them, are delivered and not kept. A new version of the function ends that, and so does",
    ...names.map((name) => `  callgrid cache forget ${pool} ${name}`),
  ].join("\n");
}

function paragraphOf({ functionName, request, ageMs, evaluations, likelyCause }: FunctionMismatch): string {
  return [
    `${functionName} gave different values for ${request}, ${durationText(ageMs)} ago:`,
    ...evaluations.map(({ worker, node, value }) => `  ${worker}, Node ${node}: ${value.replace(/^=/, "")}`),
    ...(likelyCause === undefined ? [] : [`  The likely cause is ${likelyCause}.`]),
  ].join("\n");
}
