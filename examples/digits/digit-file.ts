/** The file of digits: made once from a seed, and found again under a name that says what is in it. */
import { closeSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sumOfBytes } from "./functions.ts";

const chunkBytes = 1_048_576;

/** Which digits, and how many. */
export interface DigitFile {
  readonly digits: number;
  /** A whole number of 32 bits, other than 0. */
  readonly seed: number;
}

/** Where files of digits are kept; the system may clear it at any time. */
export const digitFolder = join(tmpdir(), "callgrid-digits");

/**
 * The path of the file with these digits; makes it if it is not there, or not of its right size. Written under another
 * name first, so that one that was cut off is never taken for whole.
 */
export function digitFile({ digits, seed }: DigitFile, folder = digitFolder): string {
  const path = join(folder, `seed-${seed}-digits-${digits}.txt`);
  if (sizeOf(path) === digits) return path;
  mkdirSync(folder, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  writeDigits(unfinished, digits, seed);
  renameSync(unfinished, path);
  return path;
}

/** The sum of the file's digits by a plain loop in this thread: what the grid's sum is checked against. */
export function plainDigitSum(path: string): number {
  const chunk = new Uint8Array(chunkBytes);
  const file = openSync(path, "r");
  let sum = 0;
  for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk))
    sum += sumOfBytes(chunk.subarray(0, read));
  closeSync(file);
  return sum;
}

function sizeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.size;
}

function writeDigits(path: string, digits: number, seed: number): void {
  const chunk = new Uint8Array(chunkBytes);
  const file = openSync(path, "w");
  let state = seed;
  for (let left = digits; left > 0; left -= chunkBytes) {
    state = fillWithDigits(chunk, state);
    writeFileSync(file, chunk.subarray(0, Math.min(chunkBytes, left)));
  }
  closeSync(file);
}

/** Marsaglia's xorshift with 32 bits of state ("Xorshift RNGs", Journal of Statistical Software 8/14, 2003). */
function fillWithDigits(chunk: Uint8Array, seed: number): number {
  let state = seed;
  for (let at = 0; at < chunk.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    chunk[at] = 48 + ((state >>> 0) % 10);
  }
  return state;
}
