/** How far a run is, kept where it outlives the process that drives it; another run of the same batch goes on from there. */
import type { ChunkResult } from "./chunk-work.ts";

/** See the head of this file. Chunks go by their place, from 0; a run of other data must not be given it. */
export interface Checkpoint {
  /** Called first, with what identifies the batch: its data aside, the functions at their versions and what is done with them. */
  begin(batch: string): Promise<void>;
  /** How large the chunks were that have been cut so far, in units of the source, in order. */
  readonly cuts: readonly number[];
  isFinished(index: number): boolean;
  /** What a finished chunk came to. */
  finished(index: number): Promise<ChunkResult>;
  /** A chunk has been cut; called in order, before it is asked for. */
  noteCut(index: number, units: number): Promise<void>;
  /** A chunk is finished. The run goes on when this is kept. */
  noteFinished(index: number, result: ChunkResult): Promise<void>;
}
