/**
 * File slices: a slice of `bytes(files)` or `lines(files)` names a range of a file, and the worker that evaluates it reads the
 * range itself, by the functions here. A slice also says how large the file was and when it was changed last, so that a
 * file that has changed since is refused, and so that results of its earlier content are not taken for those of the new.
 * Its sample of the content shows that the caller that made the slice can read the file, which opens it outside of data folders, too.
 */
import { fstatSync } from "node:fs";
import { decodeText, decodeWholeText, GridError } from "@callgrid/core";
import { eachBlock, readRange, withFile } from "./file-bytes.ts";
import { sampleOf } from "./file-sample.ts";
import { lineEnds, splitLines } from "./line-ends.ts";

/** A range of a file; plain data. @public */
export interface FileSlice {
  /** The file's absolute path, the same on all machines that may get the slice. */
  readonly file: string;
  /** The first byte of the range, from 0. */
  readonly from: number;
  /** The byte after the range's last. */
  readonly to: number;
  /** The file's size when the batch was planned. */
  readonly fileBytes: number;
  /** When the file had been changed last at that time, in ms since 1970. */
  readonly modifiedMs: number;
  /** A digest of samples of its content at that time; slices made by hand may lack it. */
  readonly sample?: string;
}

const lookaheadBytes = 65_536;

/**
 * The bytes of the range.
 *
 * @throws GridError `FILE_CHANGED` when the file is not what it was when the batch was planned.
 * @example
 * ```ts
 * export const digitSum = define("digitSum", (slice: FileSlice) => sumOfBytes(readBytes(slice)));
 * ```
 * @public
 */
export function readBytes(slice: FileSlice): Uint8Array {
  return readUnchanged(slice, (file) => readRange(file, slice.from, Math.min(slice.to, slice.fileBytes)));
}

/**
 * The text of all lines that begin in the range, their ends included; none where no line begins in it. So neighbouring
 * ranges give every line exactly once, and none is split. Lines end with LF; a byte order mark at the start of the file is left out.
 *
 * @throws GridError `FILE_CHANGED`; `INVALID_VALUE`, with the number of the line, for text that is not UTF-8.
 * @public
 */
export function readText(slice: FileSlice): string {
  const { start, bytes } = readUnchanged(slice, (file) => readWholeLines(file, slice));
  const { file: name } = slice;
  return start === 0
    ? decodeWholeText(bytes, name)
    : decodeText(bytes, { name, firstLine: () => lineAt(slice, start) });
}

/**
 * The lines that begin in the range, without their ends (LF, or CR and LF); see {@link readText}.
 *
 * @throws GridError as {@link readText} does.
 * @example
 * ```ts
 * export const longest = define("longest", (slice: FileSlice) =>
 *   readLines(slice).reduce((most, line) => Math.max(most, line.length), 0),
 * );
 * ```
 * @public
 */
export function readLines(slice: FileSlice): string[] {
  return splitLines(readText(slice));
}

/** A sample of nothing shows nothing: files that the system makes up, such as those in /proc, have the size 0. */
function showsContent(file: number, sample: string): boolean {
  return fstatSync(file).size > 0 && sampleOf(file) === sample;
}

/** Reads the file, and makes sure before and after that it is the one the slice was cut from. */
function readUnchanged<Result>(slice: FileSlice, read: (file: number) => Result): Result {
  if (typeof (slice as Partial<FileSlice> | null | undefined)?.file !== "string")
    throw new GridError("INVALID_VALUE", "expected a slice of bytes(files) or lines(files)");
  return withSlice(slice, (file) => {
    refuseChanged(file, slice);
    const result = read(file);
    refuseChanged(file, slice);
    return result;
  });
}

function withSlice<Result>({ file: path, sample }: FileSlice, use: (file: number) => Result): Result {
  return withFile(path, use, sample === undefined ? undefined : (file) => showsContent(file, sample));
}

function refuseChanged(file: number, slice: FileSlice): void {
  const { size, mtimeMs } = fstatSync(file);
  const isSame = size === slice.fileBytes && mtimeMs === slice.modifiedMs;
  if (isSame && (slice.sample === undefined || sampleOf(file) === slice.sample)) return;
  throw new GridError(
    "FILE_CHANGED",
    `${slice.file} has changed since the batch was planned: it has ${size} bytes of ${new Date(mtimeMs).toISOString()}, ` +
      `and had ${slice.fileBytes} of ${new Date(slice.modifiedMs).toISOString()}`,
    { details: { file: slice.file } },
  );
}

/** From the first line that begins in the range to the end of the last one that does. */
function readWholeLines(
  file: number,
  { from, to, fileBytes }: FileSlice,
): { readonly start: number; readonly bytes: Uint8Array } {
  const start = from === 0 ? 0 : lineStartAtOrAfter(file, from, Math.min(to, fileBytes));
  if (start === undefined || start >= to) return { start: from, bytes: new Uint8Array(0) };
  const end = to >= fileBytes ? fileBytes : (lineStartAtOrAfter(file, to, fileBytes) ?? fileBytes);
  return { start, bytes: readRange(file, start, end) };
}

/** Where the first line begins at or after a byte; undefined where none does before `limit`. */
function lineStartAtOrAfter(file: number, at: number, limit: number): number | undefined {
  let found: number | undefined;
  // the byte before shows whether a line begins here
  eachBlock(file, { from: at - 1, blockBytes: lookaheadBytes }, (block, place) => {
    const first = lineEnds(block).next();
    if (!first.done) found = place + first.value;
    return first.done === true && place + block.length < limit;
  });
  return found;
}

/** The number of the line that begins at a byte. */
function lineAt(slice: FileSlice, start: number): number {
  let line = 1;
  withSlice(slice, (file) =>
    eachBlock(file, { from: 0, blockBytes: lookaheadBytes }, (block, at) => {
      for (const end of lineEnds(block)) line += at + end <= start ? 1 : 0;
      return at + block.length < start;
    }),
  );
  return line;
}
