/**
 * Pieces of files by line numbers, for those who read files themselves. The first line is 1, and the last of a piece is part
 * of it.
 */
import { createReadStream, fstatSync } from "node:fs";
import { decodeText, decodeWholeText, GridError } from "@callgrid/core";
import { openData } from "@callgrid/worker";
import { eachBlock, readRange, withFile } from "./file-bytes.ts";
import type { FileSlice } from "./file-slice.ts";
import { lines } from "./file-source.ts";
import { lineEnds, splitLines } from "./line-ends.ts";
import { lineIndexOf } from "./line-index.ts";

/** A piece of a file; plain data. Says what the file was, as a {@link FileSlice} does. */
export interface LinePiece {
  readonly file: string;
  readonly fromLine: number;
  readonly toLine: number;
  readonly fileBytes: number;
  readonly modifiedMs: number;
}

const blockBytes = 1_048_576;

/**
 * Cuts files into pieces of so many lines; the last of each file may be shorter, and an empty file has none.
 *
 * @param lineCounts - how many lines each file has; default: they are counted.
 * @throws GridError `INVALID_OPTION` for a file that cannot be read, and for one that is compressed or UTF-16.
 */
export function linePieces(
  files: readonly string[],
  linesPerPiece: number,
  lineCounts: readonly number[] = [],
): LinePiece[] {
  return lines(files).files.flatMap((file, place) =>
    piecesOf(file, lineCounts[place] ?? countLines(file.file), linesPerPiece),
  );
}

/** How many lines a file has; one without a line end at its end counts. */
export function countLines(path: string): number {
  const counter = new LineCounter();
  withFile(path, (file) =>
    eachBlock(file, { from: 0, blockBytes }, (block) => {
      counter.add(block);
      return true;
    }),
  );
  return counter.count;
}

/** As {@link countLines}, for files of any size: whatever else the thread has to do is done in between, such as to hear signals. */
export async function countLinesInTurns(path: string, signal: AbortSignal): Promise<number> {
  const counter = new LineCounter();
  const blocks = createReadStream(path, { fd: openData(path), highWaterMark: blockBytes, signal });
  for await (const block of blocks) counter.add(block as Uint8Array);
  return counter.count;
}

class LineCounter {
  #ends = 0;
  #lastEnd = 0;
  #size = 0;

  add(block: Uint8Array): void {
    for (const end of lineEnds(block)) {
      this.#ends += 1;
      this.#lastEnd = this.#size + end;
    }
    this.#size += block.length;
  }

  get count(): number {
    return this.#lastEnd === this.#size ? this.#ends : this.#ends + 1;
  }
}

/** Refuses a piece of a file that is not what it was; throws `FILE_CHANGED`. */
export function refuseChanged({ file, fileBytes, modifiedMs }: LinePiece): void {
  const { size, mtimeMs } = withFile(file, (opened) => fstatSync(opened));
  if (size === fileBytes && mtimeMs === modifiedMs) return;
  throw new GridError("FILE_CHANGED", `${file} has changed since the work was planned`, { details: { file } });
}

/**
 * The lines from one number to another, both included, without their ends (LF, or CR and LF) and without a byte order mark.
 *
 * @throws GridError `INVALID_VALUE`, with the number of the line, for text that is not UTF-8.
 * @example
 * ```ts
 * import { readFileLines } from "callgrid";
 * export const start = (file: string, fromLine: number, toLine: number) => readFileLines(file, fromLine, toLine).length;
 * ```
 * @public
 */
export function readFileLines(path: string, fromLine: number, toLine: number): string[] {
  if (typeof path !== "string" || !Number.isSafeInteger(fromLine) || !Number.isSafeInteger(toLine))
    throw new GridError("INVALID_VALUE", "expected a path and the numbers of two lines");
  return withFile(path, (file) => {
    const index = lineIndexOf(file, path);
    const start = index.startOf(file, fromLine);
    if (start === undefined) return [];
    const end = index.startOf(file, toLine + 1) ?? fstatSync(file).size;
    const bytes = readRange(file, start, Math.max(start, end));
    return splitLines(
      start === 0 ? decodeWholeText(bytes, path) : decodeText(bytes, { name: path, firstLine: fromLine }),
    );
  });
}

function piecesOf({ file, fileBytes, modifiedMs }: FileSlice, lastLine: number, linesPerPiece: number): LinePiece[] {
  const count = Math.ceil(lastLine / linesPerPiece);
  return Array.from({ length: count }, (_, piece) => {
    const fromLine = piece * linesPerPiece + 1;
    return { file, fromLine, toLine: Math.min(lastLine, fromLine + linesPerPiece - 1), fileBytes, modifiedMs };
  });
}
