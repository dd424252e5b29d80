/** Reads bytes of files: a range at once, or the rest in blocks. */
import { closeSync, fstatSync, readSync } from "node:fs";
import { openData } from "@callgrid/worker";

/**
 * Opens a file for as long as it is used; throws `FILE_NOT_ALLOWED` for one that requests may not read in this process.
 *
 * @param isKnown - whether who names the file can read it, see `openData`.
 */
export function withFile<Result>(
  path: string,
  use: (file: number) => Result,
  isKnown?: (file: number) => boolean,
): Result {
  const file = openData(path, isKnown);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** The bytes from one place to another; fewer where the file ends before. */
export function readRange(file: number, from: number, to: number): Uint8Array {
  return fill(file, from, new Uint8Array(to - from));
}

/** What {@link eachBlock} reads. */
export interface Blocks {
  readonly from: number;
  /** How large a block is; only the last of the file is smaller. */
  readonly blockBytes: number;
}

/**
 * Hands over block after block with its place in the file, until `take` returns false or the file ends. A block is to be used at
 * once: the next one takes its place.
 */
export function eachBlock(
  file: number,
  { from, blockBytes }: Blocks,
  take: (block: Uint8Array, at: number) => boolean,
): void {
  const buffer = new Uint8Array(Math.min(blockBytes, Math.max(1, fstatSync(file).size - from)));
  for (let at = from; ; ) {
    const block = fill(file, at, buffer);
    if (block.length === 0 || !take(block, at)) return;
    at += block.length;
  }
}

/** The part of `bytes` that the file could fill: a read may give less than it was asked for. */
function fill(file: number, from: number, bytes: Uint8Array): Uint8Array {
  for (let filled = 0; filled < bytes.length; ) {
    const read = readSync(file, bytes, filled, bytes.length - filled, from + filled);
    if (read === 0) return bytes.subarray(0, filled);
    filled += read;
  }
  return bytes;
}
