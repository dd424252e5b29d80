/**
 * Samples of files: a digest of a file's size and of blocks that are spread evenly over it, which is all of it for a small one. It shows
 * contents of equal size and time apart, and only someone who can read the file can say it.
 */

import { createHash } from "node:crypto";
import { fstatSync } from "node:fs";
import { RecentMap } from "@callgrid/core";
import { readRange } from "./file-bytes.ts";

const blockBytes = 4_096;
const blocks = 16;
const sampleCharacters = 22;
const mostKnown = 64;

/** By the state of a file: a worker reads many slices of few files. */
const known = new RecentMap<string, string>(mostKnown);

/** The sample of an open file as it is now. */
export function sampleOf(file: number): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = fstatSync(file, { bigint: true });
  const state = [dev, ino, size, mtimeNs, ctimeNs].join(":");
  const sample = known.get(state) ?? readSample(file, Number(size));
  known.set(state, sample);
  return sample;
}

function readSample(file: number, size: number): string {
  const digest = createHash("sha256").update(`${size}:`);
  if (size <= blocks * blockBytes) return ended(digest.update(readRange(file, 0, size)));
  for (let block = 0; block < blocks; block += 1) {
    const from = Math.floor(((size - blockBytes) * block) / (blocks - 1));
    digest.update(readRange(file, from, from + blockBytes));
  }
  return ended(digest);
}

function ended(digest: ReturnType<typeof createHash>): string {
  return digest.digest("base64url").slice(0, sampleCharacters);
}
