/**
 * How large the next chunk should be. On long runs a chunk takes about a second: long enough to make its way to a worker
 * and back cheap, short enough to lose little with a worker that dies. Near the end, and on short runs, chunks are smaller,
 * so that no lane waits long for the last one; the slowest lane should be done with one in a quarter of what the rest takes.
 */
import { chunkLimitBytes } from "../data/size-estimate.ts";

const aimMs = 1_000;
// The way to a worker and back should cost a twentieth of a chunk at most.
const overheadShare = 20;
const chunksPerLane = 4;

/** What {@link chunkMsFor} decides by. */
export interface Remaining {
  /** How long the rest takes on one average lane; undefined if it is not known. */
  readonly remainingMs: number | undefined;
  readonly lanes: number;
  readonly overheadMs: number;
  /** How fast the slowest lane is, where 1 is the average; above 0, at most 1, the default. */
  readonly slowest?: number | undefined;
}

/** How long the next chunk should take on an average lane. */
export function chunkMsFor({ remainingMs, lanes, overheadMs, slowest = 1 }: Remaining): number {
  const leastMs = Math.min(aimMs, overheadMs * overheadShare);
  const shareMs = remainingMs === undefined ? aimMs : (remainingMs * slowest) / (lanes * chunksPerLane);
  return Math.min(aimMs, Math.max(leastMs, shareMs));
}

// How much one finished chunk counts for, against those before.
const newWeight = 0.3;
const growthLimit = 4;

/** Learns from finished chunks how long a unit takes, and sizes the next chunk by that. */
export class ChunkSizer {
  readonly #overheadMs: number;
  #lanes: number;
  #slowest: number | undefined;
  readonly #fixedUnits: number | undefined;
  #msPerUnit: number;
  #largestUnits: number;
  #bytesPerUnit: number;

  /** `msPerUnit` is what the pilot measured, on chunks of up to `largestUnits`. */
  constructor(measured: {
    readonly msPerUnit: number;
    readonly overheadMs: number;
    readonly lanes: number;
    /** See {@link Remaining.slowest}. */
    readonly slowest?: number | undefined;
    readonly largestUnits: number;
    readonly fixedUnits?: number | undefined;
    /** How large the values of a unit are. */
    readonly bytesPerUnit?: number | undefined;
  }) {
    this.#msPerUnit = measured.msPerUnit;
    this.#bytesPerUnit = measured.bytesPerUnit ?? 0;
    this.#overheadMs = measured.overheadMs;
    this.#lanes = measured.lanes;
    this.#slowest = measured.slowest;
    this.#largestUnits = measured.largestUnits;
    this.#fixedUnits = measured.fixedUnits;
  }

  /** How long one unit takes on an average lane, by what has been seen lately. */
  get msPerUnit(): number {
    return this.#msPerUnit;
  }

  /** From now on there are so many lanes. */
  adjust({ lanes, slowest }: Pick<Remaining, "lanes" | "slowest">): void {
    this.#lanes = lanes;
    this.#slowest = slowest;
  }

  /** A chunk has taken so long, or would have on an average lane, and its values were so large; one that was known before says nothing. */
  learn(units: number, tookMs: number, valueBytes = 0): void {
    if (units === 0) return;
    this.#bytesPerUnit += newWeight * (valueBytes / units - this.#bytesPerUnit);
    this.#msPerUnit += newWeight * (tookMs / units - this.#msPerUnit);
    this.#largestUnits = Math.max(this.#largestUnits, units);
  }

  /** Units of the next chunk: 1 or more, and at most four times what has been seen to work. */
  next(remainingUnits: number | undefined): number {
    if (this.#fixedUnits !== undefined) return this.#fixedUnits;
    const remainingMs = remainingUnits === undefined ? undefined : remainingUnits * this.#msPerUnit;
    const overheadMs = this.#overheadMs;
    const chunkMs = chunkMsFor({ remainingMs, lanes: this.#lanes, overheadMs, slowest: this.#slowest });
    const units = Math.round(chunkMs / Math.max(this.#msPerUnit, 1e-9));
    const fitting = Math.floor(chunkLimitBytes / Math.max(this.#bytesPerUnit, 1e-9));
    return Math.max(1, Math.min(units, fitting, this.#largestUnits * growthLimit));
  }
}
