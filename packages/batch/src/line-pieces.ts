/**
 * Pieces of files by line numbers, for those who read files themselves. The first line is 1, and the last of a piece is part
 * of it.
 */
import { fstatSync, statSync } from "node:fs";
import { GridError } from "@callgrid/core";
import { eachBlock, readRange, withFile } from "./file-bytes.ts";
import type { FileSlice } from "./file-slice.ts";
import { bytes } from "./file-source.ts";
import { lineEnds, splitLines } from "./line-ends.ts";

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
 * @throws GridError `INVALID_OPTION` for a file that cannot be read.
 */
export function linePieces(files: readonly string[], linesPerPiece: number): LinePiece[] {
  return bytes(files).files.flatMap((file) => piecesOf(file, countLines(file.file), linesPerPiece));
}

/** How many lines a file has; one without a line end at its end counts. */
export function countLines(path: string): number {
  let lines = 0;
  let [lastEnd, size] = [0, 0];
  withFile(path, (file) =>
    eachBlock(file, { from: 0, blockBytes }, (block, at) => {
      for (const end of lineEnds(block)) {
        lines += 1;
        lastEnd = at + end;
      }
      size = at + block.length;
      return true;
    }),
  );
  return lastEnd === size ? lines : lines + 1;
}

/** Refuses a piece of a file that is not what it was; throws `FILE_CHANGED`. */
export function refuseChanged({ file, fileBytes, modifiedMs }: LinePiece): void {
  const { size, mtimeMs } = withFile(file, (opened) => fstatSync(opened));
  if (size === fileBytes && mtimeMs === modifiedMs) return;
  throw new GridError("FILE_CHANGED", `${file} has changed since the work was planned`, { details: { file } });
}

/**
 * The lines from one number to another, both included, without their ends (LF, CRLF or a CR alone) and without a BOM. Pieces
 * are found fast when they are read from the front to the back.
 *
 * @example
 * ```ts
 * import { readFileLines } from "callgrid";
 * export const start = (file: string, fromLine: number, toLine: number) => readFileLines(file, fromLine, toLine).length;
 * ```
 */
export function readFileLines(path: string, fromLine: number, toLine: number): string[] {
  return withFile(path, (file) => {
    const { start, end } = findLines(file, { fromLine, toLine, known: placeBefore(path, fromLine) });
    if (end !== undefined) places(path).push({ line: toLine + 1, at: end });
    const bytes = start === undefined ? new Uint8Array(0) : readRange(file, start, end ?? fstatSync(file).size);
    return splitLines(new TextDecoder("utf-8", { ignoreBOM: fromLine !== 1 }).decode(bytes));
  });
}

interface WantedLines {
  readonly fromLine: number;
  readonly toLine: number;
  readonly known: Place;
}

/** Where the first of some lines begins, and the one after the last; undefined where the file has not so many. */
function findLines(
  file: number,
  { fromLine, toLine, known }: WantedLines,
): { readonly start: number | undefined; readonly end: number | undefined } {
  let { line } = known;
  let start = line === fromLine ? known.at : undefined;
  let end: number | undefined;
  eachBlock(file, { from: known.at, blockBytes }, (block, at) => {
    for (const place of lineEnds(block)) {
      line += 1;
      if (line === fromLine) start = at + place;
      if (line === toLine + 1) end = at + place;
      if (end !== undefined) return false;
    }
    return true;
  });
  return { start, end };
}

function piecesOf({ file, fileBytes, modifiedMs }: FileSlice, lines: number, linesPerPiece: number): LinePiece[] {
  const count = Math.ceil(lines / linesPerPiece);
  return Array.from({ length: count }, (_, piece) => {
    const fromLine = piece * linesPerPiece + 1;
    return { file, fromLine, toLine: Math.min(lines, fromLine + linesPerPiece - 1), fileBytes, modifiedMs };
  });
}

interface Place {
  readonly line: number;
  readonly at: number;
}

/** Where lines begin, as far as reading has shown, by file and its time of change. */
const knownPlaces = new Map<string, Place[]>();

function places(file: string): Place[] {
  const key = `${file}:${statSync(file).mtimeMs}`;
  const known = knownPlaces.get(key) ?? [{ line: 1, at: 0 }];
  knownPlaces.set(key, known);
  return known;
}

function placeBefore(file: string, line: number): Place {
  const start = { line: 1, at: 0 };
  return places(file).reduce((best, place) => (place.line <= line && place.line > best.line ? place : best), start);
}
