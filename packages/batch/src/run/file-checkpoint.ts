/**
 * The file of a checkpoint has a header, then a line of JSON for each chunk that was cut, and one for each that is finished, with its
 * result. A line that was cut short by a death is passed over. A file without the header is not a checkpoint: it is refused, and never
 * changed or removed.
 */
import { mkdirSync, statSync } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { byteLines, decodeValue, encodeValue, GridError, messageOf } from "@callgrid/core";
import type { Checkpoint, Cut } from "../chunks/checkpoint.ts";
import type { ChunkResult } from "../chunks/chunk-work.ts";
import { type FileLock, lockFile } from "../data/file-lock.ts";
import { unwritable } from "../data/unwritable.ts";

interface Place {
  readonly at: number;
  readonly bytes: number;
}

interface Line {
  readonly batch?: string;
  readonly cut?: Cut;
  readonly done?: number;
  readonly result?: string;
}

const header = Buffer.from('{"checkpoint":"callgrid","format":1}\n');
const blockBytes = 65_536;

/** A checkpoint in a file. Values stay in the file; only their places are held in memory. */
export class FileCheckpoint implements Checkpoint {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #lock: FileLock;
  #cuts: Cut[] = [];
  readonly #finished = new Map<number, Place>();
  #end = header.length;
  #batch: string | undefined;

  private constructor(path: string, file: FileHandle, lock: FileLock) {
    this.path = path;
    this.#file = file;
    this.#lock = lock;
  }

  /**
   * Opens it, with what an earlier run has left in it. What it makes is its user's alone: it holds values.
   *
   * @throws GridError `INVALID_OPTION` for a path that cannot be written, for a file that is something else, and for one that a
   *   running batch has.
   */
  static async open(path: string): Promise<FileCheckpoint> {
    const lock = lockOf(path);
    const file = await openFile(path).catch((error) => {
      lock.release();
      throw error;
    });
    const checkpoint = new FileCheckpoint(path, file, lock);
    try {
      await checkpoint.#readHeader();
      await checkpoint.#read();
      return checkpoint;
    } catch (error) {
      await checkpoint.close();
      throw error;
    }
  }

  get cuts(): readonly Cut[] {
    return this.#cuts;
  }

  /** How many chunks are finished. */
  get finishedCount(): number {
    return this.#finished.size;
  }

  /** What another batch has left is dropped. */
  async begin(batch: string): Promise<void> {
    if (this.#batch === batch) return;
    this.#batch = batch;
    await this.reset();
  }

  async reset(): Promise<void> {
    await this.#file.truncate(header.length);
    this.#cuts = [];
    this.#finished.clear();
    this.#end = header.length;
    await this.#append({ batch: this.#batch ?? "" });
  }

  isFinished(index: number): boolean {
    return this.#finished.has(index);
  }

  async finished(index: number): Promise<ChunkResult> {
    const place = this.#finished.get(index) ?? { at: 0, bytes: 0 };
    const buffer = Buffer.alloc(place.bytes);
    await this.#file.read(buffer, 0, place.bytes, place.at);
    const { result = "=" } = JSON.parse(buffer.toString()) as Line;
    return decodeValue(result) as ChunkResult;
  }

  async noteCut(index: number, cut: Cut): Promise<void> {
    this.#cuts[index] = cut;
    await this.#append({ cut });
  }

  async noteFinished(index: number, result: ChunkResult): Promise<void> {
    if (this.#finished.has(index)) return;
    const limit = Number.POSITIVE_INFINITY;
    this.#finished.set(index, await this.#append({ done: index, result: encodeValue(result, "result", limit) }));
  }

  /** Closes the file. */
  async close(): Promise<void> {
    this.#lock.release();
    await this.#file.close();
  }

  /** Closes and removes it: the run is done. */
  async remove(): Promise<void> {
    await rm(this.path, { force: true });
    await this.close();
  }

  async #append(line: Line): Promise<Place> {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    const at = this.#end;
    try {
      await this.#file.appendFile(bytes);
    } catch (cause) {
      throw unwritable(this.path, cause);
    }
    this.#end += bytes.length;
    return { at, bytes: bytes.length };
  }

  /** A new file gets a header. */
  async #readHeader(): Promise<void> {
    const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(header.length), 0, header.length, 0);
    if (bytesRead === 0) await this.#file.appendFile(header);
    else if (!buffer.equals(header))
      throw unusable(this.path, "it is a file of another kind, which is left as it is; give another path");
  }

  async #read(): Promise<void> {
    let isWhole = true;
    for await (const line of byteLines(this.#blocks(), this.path)) {
      const parsed = parseLine(Buffer.from(line).toString());
      isWhole = parsed !== undefined;
      if (parsed === undefined) break;
      const bytes = line.length + 1;
      if (parsed.batch !== undefined) this.#batch = parsed.batch;
      if (parsed.cut !== undefined) this.#cuts.push(parsed.cut);
      if (parsed.done !== undefined) this.#finished.set(parsed.done, { at: this.#end, bytes });
      this.#end += bytes;
    }
    const { size } = await this.#file.stat();
    // what comes next must not be glued to what was cut short
    if (!isWhole) await this.#file.truncate(this.#end);
    else if (this.#end > size) await this.#file.appendFile("\n");
  }

  /** What follows the header. */
  async *#blocks(): AsyncGenerator<Uint8Array, undefined> {
    for (let at = header.length; ; ) {
      const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(blockBytes), 0, blockBytes, at);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }
}

/** Anything but a file would neither keep what is noted nor survive being removed. */
function lockOf(path: string): FileLock {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (statSync(path, { throwIfNoEntry: false })?.isFile() === false) throw new Error("it is not a file");
    const lock = lockFile(path);
    if (typeof lock === "string") throw new Error(`another batch has it (${lock})`);
    return lock;
  } catch (cause) {
    throw unusable(path, messageOf(cause), cause);
  }
}

/** Only once it is locked: the batch that had it may have removed it. */
async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "a+", 0o600);
  } catch (cause) {
    throw unusable(path, messageOf(cause), cause);
  }
}

function unusable(path: string, problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_OPTION", `${path} cannot be used as a checkpoint: ${problem}`, {
    details: { path },
    cause,
  });
}

function parseLine(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}
