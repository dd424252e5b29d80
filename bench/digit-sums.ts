/** Sums of the digits in a file: of a piece of it, and of the whole by a plain loop. Both add up by the same loop. */
import { closeSync, openSync, readSync } from "node:fs";

const zero = 48;
const chunkBytes = 1_048_576;
/** What is read into, by either: a new one for each read would take as long to make as a seventh of the adding up. */
let buffer = new Uint8Array(chunkBytes);

/** The sum of the digits in `length` bytes from `start`, all of which are digits. */
export function digitSum(path: string, start: number, length: number): number {
  if (buffer.length < length) buffer = new Uint8Array(length);
  const bytes = buffer.subarray(0, length);
  const file = openSync(path, "r");
  const read = readSync(file, bytes, 0, length, start);
  closeSync(file);
  if (read < length) throw new Error(`${path} gave ${read} bytes of ${length} from ${start}`);
  return sumOfBytes(bytes);
}

/** The sum over the whole file. */
export function plainDigitSum(path: string): number {
  const file = openSync(path, "r");
  let sum = 0;
  for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
    sum += sumOfBytes(buffer.subarray(0, read));
  closeSync(file);
  return sum;
}

/** By index: an iterator takes nearly twice as long. */
function sumOfBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += (bytes[at] ?? 0) - zero;
  return sum;
}
