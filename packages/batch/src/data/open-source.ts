/** What a batch takes as data, and the source that cuts it. */
import { invalidOption } from "@callgrid/core";
import type { SliceSource } from "./chunk.ts";
import { ElementSource } from "./element-source.ts";
import type { FileSlice } from "./file-slice.ts";
import { type FileData, FileSource } from "./file-source.ts";
import { type NumberRange, RangeSource } from "./number-range.ts";
import { ownSlices, type SliceFunction } from "./own-slices.ts";

/** Data whose slices are known: elements, whole numbers, or ranges of files. */
export type SlicedData = Iterable<unknown> | AsyncIterable<unknown> | NumberRange | FileData;

/** What data is cut into, where its type says so; `never`, which fits every function, where it does not. */
export type SliceOf<Data> = Data extends NumberRange
  ? number
  : Data extends FileData
    ? FileSlice
    : Data extends Iterable<infer Slice> | AsyncIterable<infer Slice>
      ? Slice
      : never;

/** The options of {@link openSource}. */
export interface SourceOptions {
  readonly slice: SliceFunction | undefined;
  readonly maxSlices: number;
}

/** The source that cuts `data`; throws `INVALID_OPTION` for what cannot be cut. */
export function openSource(data: unknown, { slice, maxSlices }: SourceOptions): SliceSource {
  if (slice !== undefined) return new ElementSource(ownSlices(data, slice), { totalUnits: undefined, maxSlices });
  if (isKind<NumberRange>(data, "range")) return new RangeSource(data);
  if (isKind<FileData>(data, "files")) return new FileSource(data);
  if (isIterable(data)) {
    return new ElementSource(data, { totalUnits: Array.isArray(data) ? data.length : undefined, maxSlices });
  }
  throw invalidOption(
    "batch.data",
    "must be an array, an iterable, range(…), bytes(…) or lines(…); anything else needs a slice function",
  );
}

function isKind<Data extends { readonly kind: string }>(data: unknown, kind: Data["kind"]): data is Data {
  return typeof data === "object" && data !== null && (data as Partial<Data>).kind === kind;
}

function isIterable(data: unknown): data is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof data === "object" && data !== null && (Symbol.iterator in data || Symbol.asyncIterator in data);
}
