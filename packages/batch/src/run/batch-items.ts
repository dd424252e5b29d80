/** Items: the outcomes of single slices. */
import { type Outcome, RequestError } from "@callgrid/core";
import type { FinishedChunk } from "../chunks/finished-chunk.ts";
import { sliceAt, sliceCount } from "../data/chunk.ts";

/** The outcome of one slice. @public */
export interface BatchItem<Value = unknown> {
  /** The place of the slice among all slices, from 0. */
  readonly index: number;
  readonly slice: unknown;
  readonly outcome: Outcome<Value>;
  /** The request that its chunk was, as `callgrid why` takes it; empty where it was none. */
  readonly requestId: string;
  /**
   * When its evaluation began, in ms since 1970; that of its chunk unless the batch `isTimed`. By the clock of this machine, and for
   * what was known before by that of the worker.
   */
  readonly startedMs: number;
  /** How long it took, in ms; that of its chunk unless the batch `isTimed`. */
  readonly tookMs: number;
  /** When its outcome arrived here, in ms since 1970. */
  readonly finishedMs: number;
}

/** The items of a chunk, in the order of its slices. */
export function* itemsOf<Value>(finished: FinishedChunk): Generator<BatchItem<Value>, undefined> {
  const { chunk, result, requestId, isCached, finishedMs } = finished;
  const failures = new Map(result.failures.map(({ place, error }) => [place, error]));
  const values = result.values[Symbol.iterator]();
  const chunkStartedMs = isCached ? result.startedMs : finishedMs - result.tookMs;
  for (let place = 0; place < sliceCount(chunk.slices); place += 1) {
    const error = failures.get(place);
    const outcome = error === undefined ? { value: values.next().value as Value } : { error: new RequestError(error) };
    const [offsetMs, tookMs] = result.times?.[place] ?? [0, result.tookMs];
    yield {
      ...{ index: chunk.firstSlice + place, slice: sliceAt(chunk.slices, place), outcome, requestId, finishedMs },
      ...{ startedMs: chunkStartedMs + offsetMs, tookMs },
    };
  }
}
