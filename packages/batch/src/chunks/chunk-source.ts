/** Where a run takes its chunks from: those an earlier run left open, those that have to be done again, then the data. */
import { abortable, idOfRequest } from "@callgrid/core";
import { type Chunk, type SliceSource, sliceCount, sliceRange } from "../data/chunk.ts";
import type { Checkpoint, Cut } from "./checkpoint.ts";

export class ChunkSupply {
  readonly #source: SliceSource;
  readonly #checkpoint: Checkpoint | undefined;
  readonly #signal: AbortSignal | undefined;
  #again: Chunk[] = [];
  #cutUnits = 0;
  #isOver = false;
  #isTaking = false;

  /** @param signal - ends the wait for data that is late: {@link next} and {@link restore} then reject with its reason. */
  constructor(source: SliceSource, checkpoint: Checkpoint | undefined, signal?: AbortSignal) {
    this.#source = source;
    this.#checkpoint = checkpoint;
    this.#signal = signal;
  }

  get unit(): "slice" | "byte" {
    return this.#source.unit;
  }

  /** Undefined until the end is known. */
  get totalUnits(): number | undefined {
    return this.#isOver ? this.#cutUnits : this.#source.totalUnits;
  }

  get cutUnits(): number {
    return this.#cutUnits;
  }

  /** What has not been cut yet. */
  get uncutUnits(): number | undefined {
    return this.totalUnits === undefined ? undefined : this.totalUnits - this.#cutUnits;
  }

  /** Whether everything has been cut and nothing is to be done again. */
  get isEmpty(): boolean {
    return this.#isOver && !this.hasAgain;
  }

  /** Whether chunks wait that have been cut before. */
  get hasAgain(): boolean {
    return this.#again.length > 0;
  }

  /**
   * Cuts as the earlier run did; returns the chunks that it finished, and keeps the others for now. Where the data turns out
   * to be another, nothing is finished.
   */
  async restore(): Promise<Chunk[]> {
    const checkpoint = this.#checkpoint;
    if (checkpoint === undefined) return [];
    const chunks: Chunk[] = [];
    for (const [index, { units, id }] of checkpoint.cuts.entries()) {
      const chunk = await this.#take(units);
      if (chunk === undefined) return this.#beginAnew(checkpoint, chunks);
      this.#cutUnits += chunk.units;
      chunks[index] = chunk;
      if (idOf(chunk) !== id) return this.#beginAnew(checkpoint, chunks);
    }
    this.#again = chunks
      .filter(({ index }) => !checkpoint.isFinished(index))
      .map((chunk) => ({ ...chunk, isInGrid: checkpoint.isInGrid?.(chunk.index) ?? false }));
    return chunks.filter(({ index }) => checkpoint.isFinished(index));
  }

  async #beginAnew(checkpoint: Checkpoint, chunks: readonly Chunk[]): Promise<Chunk[]> {
    await checkpoint.reset();
    for (const chunk of chunks) await checkpoint.noteCut(chunk.index, cutOf(chunk));
    this.#again = [...chunks];
    return [];
  }

  /** The next chunk, of about so many units; undefined when there is none for now. */
  async next(units: () => number): Promise<Chunk | undefined> {
    const again = this.#again.shift();
    if (again !== undefined) return again;
    if (this.#isOver) return undefined;
    const chunk = await this.#take(units());
    if (chunk === undefined) {
      this.#isOver = true;
      return undefined;
    }
    this.#cutUnits += chunk.units;
    this.#isOver = this.#cutUnits === this.#source.totalUnits;
    await this.#checkpoint?.noteCut(chunk.index, cutOf(chunk));
    return chunk;
  }

  /** A chunk has to be done again. */
  giveBack(chunk: Chunk): void {
    this.#again.push(chunk);
  }

  /**
   * A chunk failed as a whole: its halves are done on their own, so that the failing slice ends up alone. They come next, and
   * in order, so that of several such slices the first is met first.
   */
  giveBackHalves(whole: Chunk): void {
    const chunk = { ...whole, isInGrid: false };
    const count = sliceCount(chunk.slices);
    const middle = Math.ceil(count / 2);
    const units = Math.round(chunk.units / 2);
    this.#again.unshift(
      { ...chunk, slices: sliceRange(chunk.slices, 0, middle), units, isPart: true },
      {
        ...chunk,
        isPart: true,
        firstSlice: chunk.firstSlice + middle,
        slices: sliceRange(chunk.slices, middle, count),
        units: chunk.units - units,
      },
    );
  }

  /** Data that is late is not waited for: it would be closed only after that. */
  async close(): Promise<void> {
    this.#isOver = true;
    const closing = this.#source.close();
    if (this.#isTaking) closing.catch(() => undefined);
    else await closing;
  }

  async #take(units: number): Promise<Chunk | undefined> {
    this.#isTaking = true;
    const taking = this.#source.take(units).finally(() => {
      this.#isTaking = false;
    });
    return this.#signal === undefined ? taking : abortable(this.#signal, taking);
  }
}

function cutOf(chunk: Chunk): Cut {
  return { units: chunk.units, id: idOf(chunk) };
}

/** Slices of files say which state of the file they are of, so that a changed file makes another id. */
function idOf({ slices }: Chunk): string {
  return idOfRequest(["slices", slices]);
}
