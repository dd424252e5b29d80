import type { Chunk } from "../data/chunk.ts";
import type { ChunkResult } from "./chunk-work.ts";

/** A chunk that is done, with the outcomes of its slices. */
export interface FinishedChunk {
  readonly chunk: Chunk;
  readonly result: ChunkResult;
  /** The id of the request that it was, as `callgrid why` takes it; empty where it was none. */
  readonly requestId: string;
  /** Whether it was evaluated before this run. */
  readonly isCached: boolean;
  /** When its result arrived, in ms since 1970. */
  readonly finishedMs: number;
}
