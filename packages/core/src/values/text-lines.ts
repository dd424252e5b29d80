/**
 * How callgrid reads text, from files, pipes and checkpoints alike. Text is UTF-8; a byte order mark before it is left out. Lines end
 * with LF, the last one perhaps without. A CR at the end of a line is left out. Any other character, such as a CR elsewhere or
 * U+2028, is part of its line.
 */
import { GridError } from "../errors/errors.ts";

/** Bytes, or text, as streams deliver them. */
export type TextChunks = AsyncIterable<Uint8Array | string>;

/** One line, without its end. */
export interface TextLine {
  /** From 1. */
  readonly number: number;
  readonly text: string;
}

/** A request has at most 16 MiB, and JSON takes at most 6 bytes for one of them. */
const longestLineBytes = 134_217_728;
const lineFeed = 10;
const carriageReturn = 13;
const bom = [0xef, 0xbb, 0xbf] as const;

/**
 * The lines of a stream.
 *
 * @param name - what messages call the source, such as its path.
 * @throws GridError `INVALID_VALUE`, with the number of the line, for bytes that are not UTF-8 and for a line of more than 128 MiB.
 * @example
 * ```ts
 * for await (const { number, text } of textLines(process.stdin, "stdin")) console.log(number, text);
 * ```
 */
export async function* textLines(chunks: TextChunks, name: string): AsyncGenerator<TextLine, undefined> {
  let number = 0;
  for await (const bytes of byteLines(textBytes(chunks, name), name)) {
    number += 1;
    const line = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
    yield { number, text: decodeText(line, { name, firstLine: number }) };
  }
}

/** The lines of a stream as bytes, cut at each LF and without it; a CR stays. */
export async function* byteLines(chunks: TextChunks, name: string): AsyncGenerator<Uint8Array, undefined> {
  let pieces: Uint8Array[] = [];
  let pieceBytes = 0;
  let number = 1;
  for await (const chunk of chunks) {
    const bytes = bytesOf(chunk);
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      const rest = bytes.subarray(start, end);
      yield pieces.length === 0 ? rest : Buffer.concat([...pieces, rest]);
      pieces = [];
      pieceBytes = 0;
      number += 1;
      start = end + 1;
    }
    if (start === bytes.length) continue;
    pieces.push(bytes.subarray(start));
    pieceBytes += bytes.length - start;
    if (pieceBytes > longestLineBytes) throw unreadable(name, `line ${number} has more than ${longestLineBytes} bytes`);
  }
  if (pieces.length > 0) yield Buffer.concat(pieces);
}

/** Where a text comes from, for messages. */
export interface TextPlace {
  readonly name: string;
  /** The number of its first line, found out only where it is needed. */
  readonly firstLine: number | (() => number);
}

/** The text of some bytes, a byte order mark included. Throws `INVALID_VALUE` that names the first line which is not UTF-8. */
export function decodeText(bytes: Uint8Array, { name, firstLine }: TextPlace): string {
  try {
    return decoder.decode(bytes);
  } catch {
    const first = typeof firstLine === "number" ? firstLine : firstLine();
    const place = firstInvalidLine(bytes);
    if (place === undefined) throw unreadable(name, `line ${first} and those after it are too long for one text`);
    const advice = "convert the text first, such as with iconv -f latin1 -t utf-8";
    throw unreadable(name, `line ${first + place} is not UTF-8: ${advice}`);
  }
}

/** A text from its start, without the byte order mark. Throws `INVALID_VALUE` as {@link textLines} does. */
export function decodeWholeText(bytes: Uint8Array, name: string): string {
  return decodeText(textStart(bytes, name), { name, firstLine: 1 });
}

/** Throws `INVALID_VALUE` where the first bytes show that what follows is compressed or UTF-16. */
export function refuseOtherEncoding(start: Uint8Array, name: string): void {
  const [first, second] = start;
  if (first === 0x1f && second === 0x8b)
    throw unreadable(name, "must be UTF-8 text, and is compressed with gzip: unpack it first, such as with gzip -dc");
  const isUtf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // of two bytes one is NUL in UTF-16 without a mark, unless the text begins with a rare character
  if (isUtf16 || (second !== undefined && (first === 0 || second === 0)))
    throw unreadable(
      name,
      "must be UTF-8 text, and seems to be UTF-16: convert it first, such as with iconv -f utf-16 -t utf-8",
    );
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The bytes of a text without its byte order mark; the first ones are held back until they show what they are. */
export async function* textBytes(chunks: TextChunks, name: string): AsyncGenerator<Uint8Array, undefined> {
  let held: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = bytesOf(chunk);
    if (held === undefined) {
      yield bytes;
      continue;
    }
    held = Buffer.concat([held, bytes]);
    if (held.length < (held[0] === bom[0] ? bom.length : 2)) continue;
    yield textStart(held, name);
    held = undefined;
  }
  if (held !== undefined) yield textStart(held, name);
}

function textStart(bytes: Uint8Array, name: string): Uint8Array {
  refuseOtherEncoding(bytes, name);
  return bom.every((byte, place) => bytes[place] === byte) ? bytes.subarray(bom.length) : bytes;
}

function bytesOf(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

function firstInvalidLine(bytes: Uint8Array): number | undefined {
  let start = 0;
  for (let line = 0; start < bytes.length; line += 1) {
    const end = bytes.indexOf(lineFeed, start);
    const stop = end === -1 ? bytes.length : end + 1;
    if (!isUtf8(bytes.subarray(start, stop))) return line;
    start = stop;
  }
  return undefined;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function unreadable(name: string, problem: string): GridError {
  return new GridError("INVALID_VALUE", `${name} ${problem}`, { details: { path: name } });
}
