/** Reads what may be compressed with gzip. Of a file that was cut short, all is read that is there. */
import { once } from "node:events";
import { createGunzip } from "node:zlib";
import type { TextChunks } from "@callgrid/core";

/** The bytes of a stream, unpacked if they are gzip's; throws at the place where what is compressed breaks off. */
export async function* unpacked(chunks: TextChunks): AsyncGenerator<Uint8Array, undefined> {
  let unpacker: Unpacker | undefined;
  let isFirst = true;
  for await (const chunk of chunks) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    if (isFirst && bytes[0] === 0x1f && bytes[1] === 0x8b) unpacker = new Unpacker();
    isFirst = false;
    if (unpacker === undefined) yield bytes;
    else yield* unpacker.take(bytes);
  }
  if (unpacker !== undefined) yield* unpacker.end();
}

/** Hands over the text of each part of the input before it reports that the next one is damaged. */
class Unpacker {
  readonly #gunzip = createGunzip();
  readonly #closed = once(this.#gunzip, "close").catch(() => undefined);
  #output: Uint8Array[] = [];

  constructor() {
    this.#gunzip.on("data", (bytes: Uint8Array) => this.#output.push(bytes));
    // `errored` reports it below
    this.#gunzip.on("error", () => undefined);
  }

  async *take(bytes: Uint8Array): AsyncGenerator<Uint8Array, undefined> {
    const written = new Promise<void>((resolve) => this.#gunzip.write(bytes, () => resolve()));
    // what is being written when the stream fails is never answered
    await Promise.race([written, this.#closed]);
    yield* this.#unpacked();
  }

  async *end(): AsyncGenerator<Uint8Array, undefined> {
    this.#gunzip.end();
    await this.#closed;
    yield* this.#unpacked();
  }

  *#unpacked(): Generator<Uint8Array, undefined> {
    const output = this.#output;
    this.#output = [];
    yield* output;
    if (this.#gunzip.errored !== null) throw this.#gunzip.errored;
  }
}
