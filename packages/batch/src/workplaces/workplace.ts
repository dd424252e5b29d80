import type { RequestError } from "@callgrid/core";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import type { NamedFunction } from "../chunks/named-function.ts";
import type { Chunk } from "../data/chunk.ts";

/** The result of a chunk, or the error that it failed with. */
export type ChunkOutcome = FinishedChunk | { readonly chunk: Chunk; readonly error: RequestError };

/** Where the chunks of a batch are evaluated: in this thread, or on a pool. All methods reject once the run's signal is aborted. */
export interface Workplace {
  /** Whether its workers come and go, as those of a pool that others use too. */
  readonly isShared: boolean;
  evaluate(chunk: Chunk): Promise<ChunkOutcome>;
  /** One call of a function by itself; rejects with its error. */
  call(target: NamedFunction, args: readonly unknown[]): Promise<unknown>;
  /** What is under way. */
  look(): Promise<WorkUnderWay>;
}

/** What a run has under way. */
export interface WorkUnderWay {
  /** How many requests each worker is at, by `pool/worker`; empty where there are no workers. */
  readonly inFlight: Readonly<Record<string, number>>;
  /** The slices whose function has reported how far it is, the oldest first. */
  readonly slices: readonly SliceProgress[];
}

/** How far the function of a slice is, as it reported last. @public */
export interface SliceProgress {
  /** The place of the slice among all slices, from 0. */
  readonly index: number;
  /** In units of the function's own. */
  readonly done: number;
  readonly total: number;
  /** For how long it had been evaluated by then, in ms. */
  readonly forMs: number;
  /** Who evaluates it: `pool/worker`, or `serial`. */
  readonly worker: string;
}
