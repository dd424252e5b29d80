/** Elements as data: arrays and whatever can be iterated over. They are pulled as they are cut, never all at once. */
import { GridError } from "@callgrid/core";
import type { Chunk, SliceSource } from "./chunk.ts";
import { chunkLimitBytes, roughBytes } from "./size-estimate.ts";

/** The options of an {@link ElementSource}. */
export interface ElementSourceOptions {
  readonly totalUnits: number | undefined;
  /** Refuses data with more elements than this, which probably never ends. */
  readonly maxSlices: number;
}

/** Cuts chunks of elements. A chunk is shorter than asked for where its elements are large. */
export class ElementSource implements SliceSource {
  readonly unit = "slice";
  readonly totalUnits: number | undefined;
  readonly #elements: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #isAsync: boolean;
  readonly #maxSlices: number;
  #taken = 0;
  #chunks = 0;
  #isOver = false;

  constructor(elements: Iterable<unknown> | AsyncIterable<unknown>, options: ElementSourceOptions) {
    this.#isAsync = Symbol.asyncIterator in elements;
    this.#elements = Symbol.asyncIterator in elements ? elements[Symbol.asyncIterator]() : elements[Symbol.iterator]();
    this.totalUnits = options.totalUnits;
    this.#maxSlices = options.maxSlices;
  }

  async take(units: number): Promise<Chunk | undefined> {
    const list: unknown[] = [];
    for (let bytes = 0; list.length < units && bytes < chunkLimitBytes; ) {
      const step = this.#elements.next();
      const { done, value } = this.#isAsync ? await step : (step as IteratorResult<unknown>);
      this.#isOver = done === true;
      if (this.#isOver) break;
      this.#refuseEndless(list.length);
      bytes += roughBytes(value);
      list.push(value);
    }
    if (list.length === 0) return undefined;
    const chunk = { index: this.#chunks, firstSlice: this.#taken, slices: { list }, units: list.length };
    this.#chunks += 1;
    this.#taken += list.length;
    return chunk;
  }

  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    await this.#elements.return?.();
  }

  #refuseEndless(pending: number): void {
    if (this.#taken + pending < this.#maxSlices) return;
    const problem = `has not ended after ${this.#maxSlices} slices; give maxSlices if there really are more`;
    throw new GridError("INVALID_OPTION", `batch.data ${problem}`, {
      details: { path: "batch.data", slices: this.#maxSlices },
    });
  }
}
