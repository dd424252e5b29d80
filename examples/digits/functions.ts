/** The sum of all digits of a large file. Requests carry byte ranges, and the workers read the bytes themselves. */
import { closeSync, openSync, readSync } from "node:fs";
import { callReentrant, define, type FileSlice, readBytes } from "callgrid";

const zero = 48;
const nine = 57;

/** The sum of the ASCII digits in the bytes; all else, such as line ends, counts nothing. */
export function sumOfBytes(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) if (byte >= zero && byte <= nine) sum += byte - zero;
  return sum;
}

/** A call for one piece of a file, as {@link piecesOf} makes them. */
export type PieceRequest = readonly [typeof digitSum, path: string, start: number, length: number];

/**
 * The sum of the digits in `length` bytes from `start`. Pure only if the path names its content for good: the generated
 * file has seed and size in its name, so that equal requests mean equal bytes.
 */
export const digitSum = define("digitSum", (path: string, start: number, length: number): number => {
  const bytes = new Uint8Array(length);
  const file = openSync(path, "r");
  try {
    // a read may give less than it was asked for
    for (let filled = 0; filled < length; ) {
      const read = readSync(file, bytes, filled, length - filled, start + filled);
      if (read === 0)
        throw new Error(`${path} ends at byte ${start + filled}, before the end of the piece at ${start + length}`);
      filled += read;
    }
  } finally {
    closeSync(file);
  }
  return sumOfBytes(bytes);
});

/** The calls that cover a file, in pieces of `pieceBytes`; the last one may be shorter. */
export function piecesOf(path: string, fileBytes: number, pieceBytes: number): PieceRequest[] {
  const count = Math.ceil(fileBytes / pieceBytes);
  return Array.from({ length: count }, (_, piece) => {
    const start = piece * pieceBytes;
    return [digitSum, path, start, Math.min(pieceBytes, fileBytes - start)] as const;
  });
}

/** The sum over a whole file: one request that asks for its pieces. */
export const digitSumOfFile = define(
  "digitSumOfFile",
  async (path: string, fileBytes: number, pieceBytes: number): Promise<number> => {
    const sums = await callReentrant(piecesOf(path, fileBytes, pieceBytes));
    return sums.reduce((total, sum) => total + sum, 0);
  },
);

/** The sum over a slice of a batch, which says by itself where it lies in which file. */
export const digitSumOfSlice = define("digitSumOfSlice", (slice: FileSlice): number => sumOfBytes(readBytes(slice)));

/** The sum of the sums of slices. */
export const sumOfSums = define("sumOfSums", (sums: number[]): number => sums.reduce((total, sum) => total + sum, 0));
