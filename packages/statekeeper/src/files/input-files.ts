/**
 * The content of files, by digests: each file is read once for every state that it has on disk. The state has the time of the last change of the
 * file's node, which no program can set, so that an older file of equal size is another state as well.
 */
import { createHash } from "node:crypto";
import { type BigIntStats, createReadStream, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { RecentMap } from "@callgrid/core";
import { type FileContent, filesIn } from "../contract/code/file-code.ts";

/** What a file was when it was read. */
export interface InputFile extends FileContent {
  /** Its size, times and node. */
  readonly state: string;
}

/** `not seen`: this process has no such file, or may not read it. */
export type InputFileState = "as read" | "changed" | "not seen";

/** File systems count time in steps; two changes within one could not be distinguished. In ms. */
const longestStepMs = 100;
/** A file that changes all the time is given up after so many attempts. */
const mostAttempts = 5;
const mostFiles = 10_000;
const digestCharacters = 22;
const msPerNs = 1_000_000n;

const known = new RecentMap<string, InputFile>(mostFiles);

/** The content of a file as it is now. Rejects as `stat` does; for what is not a file, and for one that does not stop changing. */
export async function readInputFile(path: string): Promise<InputFile> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const before = await stat(path, { bigint: true });
    if (!before.isFile()) throw new Error(`${path} is not a file`);
    const state = stateOf(before);
    const read = known.get(path);
    if (read?.state === state) return read;
    const ageMs = Date.now() - Number(before.ctimeNs / msPerNs);
    if (ageMs < longestStepMs) await sleep(longestStepMs);
    const digest = await digestOf(path);
    if (stateOf(await stat(path, { bigint: true })) !== state) continue;
    known.set(path, { path, digest, state });
    return { path, digest, state };
  }
  throw new Error(`${path} changes all the time: its content cannot be named`);
}

/** Whether the file has not been changed since. */
export function isUnchanged({ path, state }: InputFile): boolean {
  const now = statSync(path, { bigint: true, throwIfNoEntry: false });
  return now !== undefined && stateOf(now) === state;
}

/** The files that a stamp names, compared with those of this process. */
export async function lookAtFiles(
  stamp: string,
): Promise<ReadonlyArray<FileContent & { readonly state: InputFileState }>> {
  return Promise.all(filesIn(stamp).map(async (file) => ({ ...file, state: await lookAt(file) })));
}

async function lookAt({ path, digest }: FileContent): Promise<InputFileState> {
  try {
    return (await readInputFile(path)).digest === digest ? "as read" : "changed";
  } catch {
    return "not seen";
  }
}

function stateOf({ size, mtimeNs, ctimeNs, ino }: BigIntStats): string {
  return [size, mtimeNs, ctimeNs, ino].join(" ");
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("base64url").slice(0, digestCharacters);
}
