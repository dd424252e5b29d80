/** Files as data, cut into ranges. Only samples of them are read here; the rest is read where a slice is evaluated. */
import { existsSync, fstatSync } from "node:fs";
import { resolve } from "node:path";
import {
  GridError,
  invalidOption,
  isGridError,
  knownOptions,
  messageOf,
  patternHint,
  refuseOtherEncoding,
} from "@callgrid/core";
import type { Chunk, SliceSource } from "./chunk.ts";
import { readRange, withFile } from "./file-bytes.ts";
import { sampleOf } from "./file-sample.ts";
import type { FileSlice } from "./file-slice.ts";

/** How files are cut. @public */
export interface FileOptions {
  /**
   * How large each slice is, in bytes (the last of a file may be smaller). Default: the planner chooses, and the slices of
   * one run are not those of another.
   */
  readonly sliceBytes?: number | undefined;
}

/** What {@link bytes} and {@link lines} return. @public */
export interface FileData {
  readonly kind: "files";
  readonly files: readonly FileSlice[];
  readonly sliceBytes: number | undefined;
}

/**
 * Files as data of a batch, cut at any byte. Each slice is a {@link FileSlice}, to be read with `readBytes`.
 *
 * @throws GridError `INVALID_OPTION` for a file that is missing, unreadable or no file, under its place in the list.
 * @example
 * ```ts
 * const run = grid.batch({ pool: "pool", data: bytes("digits.txt"), process: digitSum, reduce: sum });
 * console.log(await run.result());
 * ```
 * @public
 */
export function bytes(files: string | readonly string[], options: FileOptions = {}): FileData {
  return fileData("bytes", files, options);
}

/**
 * Files of lines as data of a batch. Each slice is a {@link FileSlice}, to be read with `readLines` or `readText`, which
 * give the lines that begin in it: none is split, and none is read twice.
 *
 * @throws GridError as {@link bytes} does, and for a file that is compressed with gzip or is UTF-16.
 * @public
 */
export function lines(files: string | readonly string[], options: FileOptions = {}): FileData {
  return fileData("lines", files, options);
}

function fileData(name: "bytes" | "lines", files: string | readonly string[], options: FileOptions): FileData {
  const { sliceBytes } = knownOptions(["sliceBytes"], options, name) as FileOptions;
  checkSliceBytes(`${name}.sliceBytes`, sliceBytes);
  const paths = typeof files === "string" ? [files] : files;
  if (!Array.isArray(paths) || !paths.every((path) => typeof path === "string"))
    throw new GridError("INVALID_OPTION", `${name} takes a path, or a list of paths`, {
      details: { path: `${name}.files` },
    });
  return {
    kind: "files",
    files: paths.map((path, place) => describeFile(path, name, place)),
    sliceBytes,
  };
}

/** Throws `INVALID_OPTION` for an invalid size of slices. */
export function checkSliceBytes(where: string, sliceBytes: unknown): void {
  if (sliceBytes === undefined || (Number.isSafeInteger(sliceBytes) && Number(sliceBytes) >= 1)) return;
  throw invalidOption(where, `must be a whole number of 1 or more, got ${String(sliceBytes)}`);
}

const encodingBytes = 2;

function describeFile(path: string, name: "bytes" | "lines", place: number): FileSlice {
  const file = resolve(path);
  try {
    return withFile(file, (opened) => sliceOf(file, opened, name));
  } catch (cause) {
    if (isGridError(cause, "FILE_NOT_ALLOWED")) throw cause;
    const where = `${name}.files[${place}]`;
    const reason = `${messageOf(cause)}${existsSync(file) ? "" : patternHint(path)}`;
    throw new GridError("INVALID_OPTION", `${where}: ${file} cannot be read: ${reason}`, {
      details: { path: where, file, reason },
      cause,
    });
  }
}

function sliceOf(file: string, opened: number, name: "bytes" | "lines"): FileSlice {
  const state = fstatSync(opened);
  if (!state.isFile()) throw new Error("it is not a file");
  if (name === "lines") refuseOtherEncoding(readRange(opened, 0, encodingBytes), "it");
  const { size, mtimeMs } = state;
  return { file, from: 0, to: size, fileBytes: size, modifiedMs: mtimeMs, sample: sampleOf(opened) };
}

/** Cuts ranges off files, one file after the other; small files share a chunk. */
export class FileSource implements SliceSource {
  readonly unit = "byte";
  readonly totalUnits: number;
  readonly #files: readonly FileSlice[];
  readonly #sliceBytes: number | undefined;
  #file = 0;
  #offset = 0;
  #slices = 0;
  #chunks = 0;

  constructor({ files, sliceBytes }: FileData) {
    this.#files = files.filter(({ fileBytes }) => fileBytes > 0);
    this.#sliceBytes = sliceBytes;
    this.totalUnits = this.#files.reduce((total, { fileBytes }) => total + fileBytes, 0);
  }

  async take(units: number): Promise<Chunk | undefined> {
    const list: FileSlice[] = [];
    let taken = 0;
    while (taken < units) {
      const slice = this.#cut(units - taken);
      if (slice === undefined) break;
      taken += slice.to - slice.from;
      list.push(slice);
    }
    if (list.length === 0) return undefined;
    const chunk = { index: this.#chunks, firstSlice: this.#slices, slices: { list }, units: taken };
    this.#chunks += 1;
    this.#slices += list.length;
    return chunk;
  }

  async close(): Promise<void> {}

  #cut(mostBytes: number): FileSlice | undefined {
    const file = this.#files[this.#file];
    if (file === undefined) return undefined;
    const from = this.#offset;
    const to = Math.min(file.fileBytes, from + (this.#sliceBytes ?? mostBytes));
    this.#offset = to;
    if (to === file.fileBytes) {
      this.#file += 1;
      this.#offset = 0;
    }
    return { ...file, from, to };
  }
}
