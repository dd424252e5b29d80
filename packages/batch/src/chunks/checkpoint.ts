/** How far a run is, kept where it outlives the process that drives it; another run of the same batch goes on from there. */
import type { ChunkResult } from "./chunk-work.ts";

/** A chunk as it was cut. @beta */
export interface Cut {
  /** How large it was, in units of the source. */
  readonly units: number;
  /** The id of its slices: another one means that the data is not what it was. */
  readonly id: string;
}

/**
 * The progress of a run, stored where it outlives the process. Another run of the same batch continues from it. Chunks are numbered from 0.
 *
 * @beta
 */
export interface Checkpoint {
  /** Called first, with what identifies the batch: its data aside, the functions at their versions and what is done with them. */
  begin(batch: string): Promise<void>;
  /** The chunks that have been cut so far, in order. */
  readonly cuts: readonly Cut[];
  isFinished(index: number): boolean;
  /** Whether this run has evaluated the chunk, and the grid has its result: `cache: "refresh"` does not evaluate it again. */
  isInGrid?(index: number): boolean;
  /** The result of a finished chunk. */
  finished(index: number): Promise<ChunkResult>;
  /** A chunk has been cut; called in order, before it is asked for. */
  noteCut(index: number, cut: Cut): Promise<void>;
  /** Forgets all chunks: they were of other data. */
  reset(): Promise<void>;
  /** A chunk is finished. The run goes on when this is kept. */
  noteFinished(index: number, result: ChunkResult): Promise<void>;
}
