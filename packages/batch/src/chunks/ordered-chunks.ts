/** Puts chunks into the order of their slices. What arrives early is held; a window bounds how far ahead others may run. */
import { sliceCount } from "../data/chunk.ts";
import type { FinishedChunk } from "./finished-chunk.ts";

export class OrderedChunks {
  readonly #early = new Map<number, FinishedChunk>();
  #nextSlice = 0;

  /** The first slice that has not been given out. */
  get nextSlice(): number {
    return this.#nextSlice;
  }

  /** Takes one in, and gives out all that are due. */
  *admit(finished: FinishedChunk): Generator<FinishedChunk, undefined> {
    this.#early.set(finished.chunk.firstSlice, finished);
    for (let due = this.#take(); due !== undefined; due = this.#take()) yield due;
  }

  #take(): FinishedChunk | undefined {
    const due = this.#early.get(this.#nextSlice);
    if (due === undefined) return undefined;
    this.#early.delete(this.#nextSlice);
    this.#nextSlice += sliceCount(due.chunk.slices);
    return due;
  }
}
