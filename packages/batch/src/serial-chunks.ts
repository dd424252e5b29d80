/**
 * Chunks in the calling process. They are written down and read back as if they travelled, so that functions see the same
 * slices and callers the same values wherever a batch runs.
 */
import { decodeRequest, decodeValue, encodeRequest, encodeValue } from "@callgrid/core";
import { serialCalls } from "./calls.ts";
import type { Chunk } from "./chunk.ts";
import { evaluateChunk } from "./chunk-evaluation.ts";
import type { ChunkResult, ChunkWork, SliceWork } from "./chunk-work.ts";
import type { FinishedChunk } from "./finished-chunk.ts";

/** What results of this process name as their worker. */
export const serialWorker = "serial";

/** Evaluates a chunk here; rejects with the signal's reason once it is aborted. */
export async function evaluateHere(chunk: Chunk, work: SliceWork, signal: AbortSignal): Promise<FinishedChunk> {
  signal.throwIfAborted();
  const { payload } = encodeRequest(["callgrid.chunk", { ...work, slices: chunk.slices }]);
  const read = (): ChunkWork => decodeRequest(payload)[1] as ChunkWork;
  const evaluator = { calls: serialCalls(signal), worker: serialWorker, readSlices: () => read().slices };
  const result = await evaluateChunk(read(), evaluator);
  const arrived = decodeValue(encodeValue(result)) as ChunkResult;
  return { chunk, result: arrived, requestId: "", isCached: false, finishedMs: Date.now() };
}
