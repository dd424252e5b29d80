/** The functions of this package that workers evaluate. Every worker gets this module besides the modules of its user. */
import { define } from "@callgrid/core";
import { context, limitTtl, readArgumentsAgain } from "@callgrid/worker";
import { evaluateChunk } from "./chunk-evaluation.ts";
import type { ChunkWork } from "./chunk-work.ts";
import { workerCalls } from "./slice-calls.ts";

/** Evaluates a chunk of a batch. */
export const chunk = define("callgrid.chunk", { version: "3" }, async (work: ChunkWork) => {
  const readSlices = () => (readArgumentsAgain()[0] as ChunkWork).slices;
  const result = await evaluateChunk(work, { calls: workerCalls, worker: context().worker, readSlices });
  // failures are returned as a value, and are no more kept than other errors
  if (result.failures.length > 0 || result.reduceFailure !== undefined) limitTtl(0);
  return result;
});
