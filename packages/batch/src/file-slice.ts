/**
 * File slices: a slice of `bytes(files)` or `lines(files)` names a range of a file, and whoever evaluates it reads the
 * range itself, by the functions here. A slice also says how large the file was and when it was changed last, so that a
 * file that has changed since is refused, and so that results of its earlier content are not taken for those of the new.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { GridError } from "@callgrid/core";

/** A range of a file; plain data. */
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
}

const lineFeed = 10;
const carriageReturn = 13;
const lookaheadBytes = 65_536;

/**
 * The bytes of the range.
 *
 * @throws GridError `FILE_CHANGED` when the file is not what it was when the batch was planned.
 * @example
 * ```ts
 * export const digitSum = define("digitSum", (slice: FileSlice) => sumOfBytes(readBytes(slice)));
 * ```
 */
export function readBytes(slice: FileSlice): Uint8Array {
  return withFile(slice, (file) => readRange(file, slice.from, slice.to));
}

/**
 * The text of all lines that begin in the range, their ends included; none where no line begins in it. So neighbouring
 * ranges give every line exactly once, and none is split. Lines end with LF or CRLF; a BOM at the start of the file is left out.
 *
 * @throws GridError `FILE_CHANGED`; `INVALID_VALUE` for text that is not UTF-8.
 */
export function readText(slice: FileSlice): string {
  return decode(
    slice,
    withFile(slice, (file) => readWholeLines(file, slice)),
  );
}

/**
 * The lines that begin in the range, without their ends; see {@link readText}.
 *
 * @throws GridError as {@link readText} does.
 * @example
 * ```ts
 * export const longest = define("longest", (slice: FileSlice) => Math.max(0, ...readLines(slice).map((line) => line.length)));
 * ```
 */
export function readLines(slice: FileSlice): string[] {
  const lines = readText(slice).split("\n");
  // what follows the last line end is no line
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.charCodeAt(line.length - 1) === carriageReturn ? line.slice(0, -1) : line));
}

/** Opens the file, and makes sure before and after that it is the one the slice was cut from. */
function withFile<Result>(slice: FileSlice, read: (file: number) => Result): Result {
  const file = openSync(slice.file, "r");
  try {
    refuseChanged(file, slice);
    const result = read(file);
    refuseChanged(file, slice);
    return result;
  } finally {
    closeSync(file);
  }
}

function refuseChanged(file: number, slice: FileSlice): void {
  const { size, mtimeMs } = fstatSync(file);
  if (size === slice.fileBytes && mtimeMs === slice.modifiedMs) return;
  throw new GridError(
    "FILE_CHANGED",
    `${slice.file} has changed since the batch was planned: it has ${size} bytes of ${new Date(mtimeMs).toISOString()}, ` +
      `and had ${slice.fileBytes} of ${new Date(slice.modifiedMs).toISOString()}`,
    { details: { file: slice.file } },
  );
}

function readRange(file: number, from: number, to: number): Uint8Array {
  const bytes = new Uint8Array(to - from);
  // a read may give less than it was asked for
  for (let filled = 0; filled < bytes.length; ) {
    const read = readSync(file, bytes, filled, bytes.length - filled, from + filled);
    if (read === 0) return bytes.subarray(0, filled);
    filled += read;
  }
  return bytes;
}

/** From the first line that begins in the range to the end of the last one that does. */
function readWholeLines(file: number, { from, to, fileBytes }: FileSlice): Uint8Array {
  const start = from === 0 ? 0 : lineStartAtOrAfter(file, from, Math.min(to, fileBytes));
  if (start === undefined || start >= to) return new Uint8Array(0);
  const end = to >= fileBytes ? fileBytes : (lineStartAtOrAfter(file, to, fileBytes) ?? fileBytes);
  return readRange(file, start, end);
}

/** Where the first line begins at or after a byte; undefined where none does before `limit`. */
function lineStartAtOrAfter(file: number, at: number, limit: number): number | undefined {
  const buffer = new Uint8Array(lookaheadBytes);
  // the byte before tells whether a line begins just here
  for (let position = at - 1; position < limit; ) {
    const read = readSync(file, buffer, 0, buffer.length, position);
    if (read === 0) return undefined;
    const found = buffer.subarray(0, read).indexOf(lineFeed);
    if (found !== -1) return position + found + 1;
    position += read;
  }
  return undefined;
}

function decode(slice: FileSlice, bytes: Uint8Array): string {
  try {
    const hasStart = slice.from === 0;
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: !hasStart }).decode(bytes);
  } catch (cause) {
    throw new GridError(
      "INVALID_VALUE",
      `${slice.file} is not UTF-8 between bytes ${slice.from} and ${slice.to}; read it with readBytes`,
      { details: { file: slice.file, from: slice.from, to: slice.to }, cause },
    );
  }
}
