/**
 * Pieces of files by line numbers, for those who read files themselves. The first line is 1, and the last of a piece is part
 * of it.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { GridError } from "@callgrid/core";
import type { FileSlice } from "./file-slice.ts";
import { bytes } from "./file-source.ts";

/** A piece of a file; plain data. Says what the file was, as a {@link FileSlice} does. */
export interface LinePiece {
  readonly file: string;
  readonly fromLine: number;
  readonly toLine: number;
  readonly fileBytes: number;
  readonly modifiedMs: number;
}

const lineFeed = 10;
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
  let last = lineFeed;
  eachBlock(path, 0, (block) => {
    for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) lines += 1;
    last = block.at(-1) ?? last;
    return true;
  });
  return last === lineFeed ? lines : lines + 1;
}

/** Refuses a piece of a file that is not what it was; throws `FILE_CHANGED`. */
export function refuseChanged({ file, fileBytes, modifiedMs }: LinePiece): void {
  const { size, mtimeMs } = statSync(file);
  if (size === fileBytes && mtimeMs === modifiedMs) return;
  throw new GridError("FILE_CHANGED", `${file} has changed since the work was planned`, { details: { file } });
}

/**
 * The lines from one number to another, both included, without their ends (LF or CRLF) and without a BOM. Pieces are found
 * fast when they are read from the front to the back.
 *
 * @example
 * ```ts
 * import { readFileLines } from "callgrid";
 * export const start = (file: string, fromLine: number, toLine: number) => readFileLines(file, fromLine, toLine).length;
 * ```
 */
export function readFileLines(file: string, fromLine: number, toLine: number): string[] {
  const known = placeBefore(file, fromLine);
  const skip = fromLine - known.line;
  let seen = 0;
  let offset = known.at;
  let start = skip === 0 ? offset : -1;
  let end = -1;
  const parts: Uint8Array[] = [];
  eachBlock(file, known.at, (block) => {
    let from = start === -1 ? -1 : 0;
    for (let at = block.indexOf(lineFeed); at !== -1; at = block.indexOf(lineFeed, at + 1)) {
      seen += 1;
      if (seen === skip) {
        start = offset + at + 1;
        from = at + 1;
      }
      if (seen !== skip + toLine - fromLine + 1) continue;
      end = offset + at + 1;
      parts.push(block.slice(Math.max(0, from), at + 1));
      return false;
    }
    if (from !== -1) parts.push(block.slice(from));
    offset += block.length;
    return true;
  });
  if (end !== -1) places(file).push({ line: toLine + 1, at: end });
  const text = new TextDecoder("utf-8", { ignoreBOM: fromLine !== 1 }).decode(Buffer.concat(parts));
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

function piecesOf({ file, fileBytes, modifiedMs }: FileSlice, lines: number, linesPerPiece: number): LinePiece[] {
  const count = Math.ceil(lines / linesPerPiece);
  return Array.from({ length: count }, (_, piece) => {
    const fromLine = piece * linesPerPiece + 1;
    return { file, fromLine, toLine: Math.min(lines, fromLine + linesPerPiece - 1), fileBytes, modifiedMs };
  });
}

function eachBlock(path: string, from: number, take: (block: Uint8Array) => boolean): void {
  const file = openSync(path, "r");
  const buffer = new Uint8Array(blockBytes);
  try {
    for (let at = from; ; ) {
      const read = readSync(file, buffer, 0, blockBytes, at);
      if (read === 0 || !take(buffer.subarray(0, read))) return;
      at += read;
    }
  } finally {
    closeSync(file);
  }
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
