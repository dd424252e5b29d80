/**
 * Chunks of a batch, and the sources that cut them one after the other, in the sizes that they are given. A chunk depends on the data and
 * these sizes alone, so the same cuts make the same requests.
 */

/** The slices of a chunk as they travel: one by one, or as whole numbers from `from` up to, not including, `to`. */
export type Slices = { readonly list: readonly unknown[] } | { readonly from: number; readonly to: number };

/** Neighbouring slices of a batch that travel and are evaluated together. */
export interface Chunk {
  /** Its place among the chunks, from 0. */
  readonly index: number;
  /** The place of its first slice among all slices, from 0. */
  readonly firstSlice: number;
  readonly slices: Slices;
  /** How much of the source it covers, in the source's unit. */
  readonly units: number;
  /** Whether it is part of a chunk that failed as a whole. */
  readonly isPart?: true;
  /** Whether the run has evaluated it before, and finds its result in the grid. */
  readonly isInGrid?: boolean;
}

/** Cuts chunks off data. */
export interface SliceSource {
  /** What sizes are measured in: for files bytes, for all else slices. */
  readonly unit: "slice" | "byte";
  /** The total; undefined if it is known at the end only. */
  readonly totalUnits: number | undefined;
  /** Cuts the next chunk, of about `units` (1 or more); undefined at the end. One call at a time. */
  take(units: number): Promise<Chunk | undefined>;
  /** Lets the data clean up; nothing is taken afterwards. */
  close(): Promise<void>;
}

/** What travels of a chunk. */
export function travelling({ firstSlice, slices }: Chunk): Pick<Chunk, "firstSlice" | "slices"> {
  return { firstSlice, slices };
}

/** How many slices there are. */
export function sliceCount(slices: Slices): number {
  return "list" in slices ? slices.list.length : slices.to - slices.from;
}

/** The slice at a place, from 0. */
export function sliceAt(slices: Slices, place: number): unknown {
  return "list" in slices ? slices.list[place] : slices.from + place;
}

/** The slices from one place up to, not including, another. */
export function sliceRange(slices: Slices, from: number, to: number): Slices {
  if ("list" in slices) return { list: slices.list.slice(from, to) };
  return { from: slices.from + from, to: slices.from + to };
}
