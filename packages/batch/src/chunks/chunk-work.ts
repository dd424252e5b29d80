/** The order of a chunk to a worker, and its answer: both travel, so both are plain data. */
import type { ErrorTree } from "@callgrid/core";
import type { Slices } from "../data/chunk.ts";
import type { NamedFunction } from "./named-function.ts";

/** What to do with a slice whose evaluation throws. */
export type ErrorPolicy =
  | { readonly policy: "fail" }
  | { readonly policy: "skip" }
  | { readonly policy: "retry"; readonly retries: number }
  | { readonly policy: "call"; readonly function: NamedFunction };

/** What is done with each slice of a batch; the same for all chunks. */
export interface SliceWork {
  readonly process: NamedFunction;
  readonly onError: ErrorPolicy;
  readonly reduce?: NamedFunction;
  /** Whether to report the start and duration of each slice. */
  readonly isTimed?: true;
}

/** A chunk to evaluate. */
export interface ChunkWork extends SliceWork {
  /** The place of its first slice among all slices, from 0. */
  readonly firstSlice: number;
  readonly slices: Slices;
}

/** A slice without a value. */
export interface SliceFailure {
  /** Its place in the chunk, from 0. */
  readonly place: number;
  readonly error: ErrorTree;
}

/** The result of a chunk. */
export interface ChunkResult {
  /** The values of the slices in order, those of failed ones left out; reduced: the one value, or none if all failed. */
  readonly values: readonly unknown[];
  readonly failures: readonly SliceFailure[];
  /** Why the values could not be reduced. */
  readonly reduceFailure?: ErrorTree;
  /** When its evaluation began, in ms since 1970, by the clock of the worker: for people to read, and never compared with others. */
  readonly startedMs: number;
  readonly tookMs: number;
  /** Which part of that time the event loop was busy, from 0 to 1: near 0 where slices mostly wait. */
  readonly busyRatio: number;
  /** Who evaluated it: `pool/worker`, or `serial`. */
  readonly worker: string;
  /** Of each slice when it began, in ms after the chunk, and how long it took; only where asked for. */
  readonly times?: ReadonlyArray<readonly [offsetMs: number, tookMs: number]>;
}
