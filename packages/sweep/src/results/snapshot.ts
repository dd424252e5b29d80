/**
 * The file of a snapshot has a header, then one line of JSON for each finished job. A line that a death cut short is dropped, and what
 * follows begins a line of its own.
 */
import { createReadStream, mkdirSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { type FileLock, lockFile, unwritable } from "@callgrid/batch";
import { byteLines, type ErrorTree, GridError, invalidOption, messageOf } from "@callgrid/core";

/** What a folder of results is of. */
export interface SnapshotHeader {
  /** The digest of the experiment, in hex. */
  readonly experiment: string;
  /** The digest of the split, in hex. */
  readonly split: string;
  readonly machine: string;
  readonly functionName: string;
  /** Of the job's arguments. */
  readonly names: readonly string[];
  /** How many places the list of jobs has. */
  readonly places: number;
  readonly columns: readonly string[];
}

/** A job that is finished. */
export interface FinishedJob {
  readonly job: number;
  readonly args: readonly unknown[];
  /** Further places of the list with equal arguments. */
  readonly repeats: readonly number[];
  /** When the run began, in ms since 1970. */
  readonly runMs: number;
  readonly startedMs: number;
  readonly tookMs: number;
  /** As text, see `encodeValue`; absent for a failed job. */
  readonly value?: string;
  readonly error?: ErrorTree;
}

/** What is known of a folder without writing to it. */
export interface SnapshotContent {
  readonly header: SnapshotHeader;
  /** By job; of several lines of a job the last one. */
  readonly finished: ReadonlyMap<number, FinishedJob>;
  /** How many bytes are whole lines. */
  readonly bytes: number;
}

const kind = "callgrid sweep";
const format = 1;
const syncEveryMs = 1_000;

/**
 * The snapshot of a machine: which jobs are finished, and their outcomes. It is the only record that counts: results and failures are
 * written from it. One process at a time has it.
 */
export class Snapshot {
  readonly path: string;
  readonly finished: Map<number, FinishedJob>;
  readonly #file: FileHandle;
  readonly #lock: FileLock;
  #header: SnapshotHeader;
  /** How many bytes are whole lines. */
  #bytes: number;
  #syncedAt = performance.now();

  private constructor(
    path: string,
    { file, lock, content }: { file: FileHandle; lock: FileLock; content: SnapshotContent },
  ) {
    this.path = path;
    this.#file = file;
    this.#lock = lock;
    this.#header = content.header;
    this.#bytes = content.bytes;
    this.finished = new Map(content.finished);
  }

  /**
   * Opens the snapshot, or begins one with this header.
   *
   * @throws GridError `INVALID_OPTION` where another process has it, where it cannot be written, and where it is of another experiment, or
   *   of another split unless that comes from `isRebalanced`.
   */
  static async open(path: string, header: SnapshotHeader, { isRebalanced = false } = {}): Promise<Snapshot> {
    const lock = lockOf(path);
    try {
      const known = await readSnapshot(path);
      if (known !== undefined) refuseOther(path, known.header, { header, isRebalanced });
      const file = await open(path, "a", 0o600);
      await file.truncate(known?.bytes ?? 0);
      const content = known ?? { header, finished: new Map<number, FinishedJob>(), bytes: 0 };
      const snapshot = new Snapshot(path, { file, lock, content });
      if (known === undefined || !isEqual(known.header, header)) await snapshot.#begin(header);
      return snapshot;
    } catch (error) {
      lock.release();
      throw error instanceof GridError ? error : unwritable(path, error);
    }
  }

  get header(): SnapshotHeader {
    return this.#header;
  }

  /** Has those of these jobs that failed count as not finished, until they are noted again. */
  forgetFailed(jobs: Iterable<number>): void {
    for (const job of jobs) if (this.finished.get(job)?.error !== undefined) this.finished.delete(job);
  }

  /** Notes jobs; once this resolves, the end of this process loses none of them. */
  async note(jobs: readonly FinishedJob[]): Promise<void> {
    await this.#append(jobs);
    for (const job of jobs) this.finished.set(job.job, job);
    if (performance.now() - this.#syncedAt < syncEveryMs) return;
    this.#syncedAt = performance.now();
    await this.#file.datasync();
  }

  async close(): Promise<void> {
    await this.#file.close();
    this.#lock.release();
  }

  async #begin(header: SnapshotHeader): Promise<void> {
    this.#header = header;
    await this.#append([{ snapshot: kind, format, ...header }]);
  }

  async #append(lines: readonly object[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    try {
      await this.#file.appendFile(bytes);
      this.#bytes += bytes.length;
    } catch (cause) {
      // a full disk can have taken a part, which the next line must not follow
      await this.#file.truncate(this.#bytes).catch(() => undefined);
      throw unwritable(this.path, cause);
    }
  }
}

/** Whether a header says all that another one does. */
function isEqual(known: SnapshotHeader, { split, names, columns }: SnapshotHeader): boolean {
  return known.split === split && JSON.stringify([known.names, known.columns]) === JSON.stringify([names, columns]);
}

/** Reads a snapshot line by line; returns undefined if the file is missing, or was cut before its header ended. */
export async function readSnapshot(path: string): Promise<SnapshotContent | undefined> {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return undefined;
  const finished = new Map<number, FinishedJob>();
  let header: SnapshotHeader | undefined;
  let bytes = 0;
  // what another process appends meanwhile is left for the next reader
  for await (const text of byteLines(createReadStream(path, { end: size - 1 }), path)) {
    const end = bytes + text.length + 1;
    if (end > size && header === undefined && isBeginning(text, size)) return undefined;
    const line = end > size ? undefined : parseLine(Buffer.from(text).toString());
    if (line === undefined) break;
    if ("snapshot" in line) header = line;
    else if (header !== undefined) finished.set(line.job, line);
    else break;
    bytes = end;
  }
  if (header !== undefined) return { header, finished, bytes };
  throw invalidOption(path, "is not a snapshot of a sweep; it is left as it is");
}

const firstBytes = `{"snapshot":"${kind}"`;

/** Whether the first line is all of the file, and what a death can have left of a header. */
function isBeginning(line: Uint8Array, size: number): boolean {
  if (line.length < size) return false;
  const text = Buffer.from(line.subarray(0, firstBytes.length)).toString();
  return firstBytes.startsWith(text);
}

type Line = (SnapshotHeader & { readonly snapshot: string }) | FinishedJob;

function parseLine(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as Line;
    return typeof line === "object" && line !== null && ("snapshot" in line ? line.snapshot === kind : "job" in line)
      ? line
      : undefined;
  } catch {
    return undefined;
  }
}

function refuseOther(
  path: string,
  known: SnapshotHeader,
  { header, isRebalanced }: { readonly header: SnapshotHeader; readonly isRebalanced: boolean },
): void {
  if (known.split !== header.split && known.experiment === header.experiment && !isRebalanced)
    throw new GridError(
      "INVALID_OPTION",
      `${path} cannot go on: the digest of the split changed from ${known.split} to ${header.split}, so the machines did; ` +
        "undo that, or have callgrid sweep rebalance split what is left",
      { details: { path } },
    );
  const difference =
    known.experiment !== header.experiment
      ? `the digest of the jobs and the configuration changed from ${known.experiment} to ${header.experiment}`
      : known.machine !== header.machine
        ? `it is of the machine ${known.machine}`
        : undefined;
  if (difference === undefined) return;
  throw invalidOption(path, `cannot go on: ${difference}; give another folder with --output`);
}

function lockOf(path: string): FileLock {
  let lock: FileLock | string;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    lock = lockFile(path);
  } catch (cause) {
    throw new GridError("INVALID_OPTION", `${dirname(path)} cannot be written: ${messageOf(cause)}`, {
      details: { path },
      cause,
    });
  }
  if (typeof lock !== "string") return lock;
  throw new GridError("INVALID_OPTION", `${dirname(path)} is in use: another process runs this share (${lock})`, {
    details: { path },
  });
}
