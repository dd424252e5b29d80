/** Bytes that come in chunks, taken as they come or so many at a time; those that were taken too far can be given back. */
import type { TextChunks } from "@callgrid/core";

export class ByteFeed {
  readonly #chunks: AsyncIterator<Uint8Array | string>;
  #next: Buffer = Buffer.alloc(0);
  #isAtEnd = false;

  constructor(chunks: TextChunks) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next ones, however many there are at hand; undefined at the end. */
  async take(): Promise<Buffer | undefined> {
    await this.#fill(1);
    const bytes = this.#next;
    this.#next = Buffer.alloc(0);
    return bytes.length === 0 ? undefined : bytes;
  }

  /** Throws where there are not so many. */
  async takeExactly(count: number): Promise<Buffer> {
    await this.#fill(count);
    if (this.#next.length < count) throw new Error("unexpected end of file");
    const bytes = this.#next.subarray(0, count);
    this.#next = this.#next.subarray(count);
    return bytes;
  }

  /** Before what is still to come. */
  giveBack(bytes: Buffer): void {
    this.#next = Buffer.concat([bytes, this.#next]);
  }

  /** Whether these are the next ones; takes none. */
  async begins(bytes: Uint8Array): Promise<boolean> {
    await this.#fill(bytes.length);
    return this.#next.subarray(0, bytes.length).equals(bytes);
  }

  /** Passes over all of this value. */
  async skip(value: number): Promise<void> {
    for (let bytes = await this.take(); bytes !== undefined; bytes = await this.take()) {
      const other = bytes.findIndex((byte) => byte !== value);
      if (other === -1) continue;
      this.giveBack(bytes.subarray(other));
      return;
    }
  }

  async #fill(count: number): Promise<void> {
    while (!this.#isAtEnd && this.#next.length < count) {
      const { value, done } = await this.#chunks.next();
      if (done === true) this.#isAtEnd = true;
      else this.#next = Buffer.concat([this.#next, typeof value === "string" ? Buffer.from(value) : value]);
    }
  }
}
