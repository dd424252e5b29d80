/**
 * Finds lines of files by number without reading each file from its start every time. There is one index for each of the files that were
 * read last.
 */

import { fstatSync } from "node:fs";
import { RecentMap } from "@callgrid/core";
import { eachBlock } from "./file-bytes.ts";
import { lineEnds } from "./line-ends.ts";

const mostFiles = 16;

/**
 * Holds how many lines end before each part of a file, as far as the file has been read. Its memory is bounded: a long file has larger
 * parts, and not more of them.
 */
export class LineIndex {
  readonly #blockBytes: number;
  readonly #mostParts: number;
  /** How many lines end before part 0, part 1, and so on. */
  #endsBefore: number[] = [0];
  #partBytes: number;

  constructor({ partBytes = 1_048_576, mostParts = 4_096 } = {}) {
    this.#blockBytes = partBytes;
    this.#partBytes = partBytes;
    this.#mostParts = mostParts;
  }

  /** Where line `line` of an open file begins, from 1; undefined where the file has fewer lines. */
  startOf(file: number, line: number): number | undefined {
    const wanted = line - 1;
    if (wanted <= 0) return 0;
    const part = this.#endsBefore.findLastIndex((ends) => ends < wanted);
    let ends = this.#endsBefore[part] ?? 0;
    let start: number | undefined;
    eachBlock(file, { from: part * this.#partBytes, blockBytes: this.#blockBytes }, (block, at) => {
      for (const end of lineEnds(block)) {
        ends += 1;
        if (ends === wanted) start = at + end;
        if (ends === wanted) return false;
      }
      this.#note(at + block.length, ends);
      return true;
    });
    return start;
  }

  #note(at: number, ends: number): void {
    if (at !== this.#endsBefore.length * this.#partBytes) return;
    this.#endsBefore.push(ends);
    if (this.#endsBefore.length <= this.#mostParts) return;
    this.#endsBefore = this.#endsBefore.filter((_, part) => part % 2 === 0);
    this.#partBytes *= 2;
  }
}

interface Indexed {
  readonly version: string;
  readonly index: LineIndex;
}

/** By path. */
const indexes = new RecentMap<string, Indexed>(mostFiles);

/** The index of an open file as it is now; that of an earlier content is dropped. */
export function lineIndexOf(file: number, path: string): LineIndex {
  const { dev, ino, size, mtimeMs } = fstatSync(file);
  const version = [dev, ino, size, mtimeMs].join(":");
  const known = indexes.get(path);
  const index = known?.version === version ? known.index : new LineIndex();
  indexes.set(path, { version, index });
  return index;
}
