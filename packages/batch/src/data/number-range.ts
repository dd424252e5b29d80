/** Whole numbers as data: they travel as two ends, whatever their number. */
import { GridError } from "@callgrid/core";
import type { Chunk, SliceSource } from "./chunk.ts";

/** What {@link range} returns. @public */
export interface NumberRange {
  readonly kind: "range";
  readonly from: number;
  readonly to: number;
}

/**
 * The whole numbers from `from` up to, not including, `to`, as data of a batch.
 *
 * @throws GridError `INVALID_OPTION` unless both are whole numbers and `from` is not above `to`.
 * @example
 * ```ts
 * grid.batch({ pool: "pool", data: range(0, 1_000_000), process: isPrime });
 * ```
 * @public
 */
export function range(from: number, to: number): NumberRange {
  if (Number.isSafeInteger(from) && Number.isSafeInteger(to) && from <= to) return { kind: "range", from, to };
  throw new GridError(
    "INVALID_OPTION",
    `range(${String(from)}, ${String(to)}): two whole numbers, the smaller one first`,
  );
}

/** Cuts a {@link NumberRange}. */
export class RangeSource implements SliceSource {
  readonly unit = "slice";
  readonly totalUnits: number;
  readonly #range: NumberRange;
  #taken = 0;
  #chunks = 0;

  constructor(numbers: NumberRange) {
    this.#range = numbers;
    this.totalUnits = numbers.to - numbers.from;
  }

  async take(units: number): Promise<Chunk | undefined> {
    const count = Math.min(units, this.totalUnits - this.#taken);
    if (count === 0) return undefined;
    const from = this.#range.from + this.#taken;
    const chunk = {
      index: this.#chunks,
      firstSlice: this.#taken,
      slices: { from, to: from + count },
      units: count,
    };
    this.#chunks += 1;
    this.#taken += count;
    return chunk;
  }

  async close(): Promise<void> {}
}
