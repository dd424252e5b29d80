/** Mistakes in the files of a sweep, with the file, the line and the key. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { decodeWholeText, GridError, messageOf, packedFiles } from "@callgrid/core";

/** Where in a file. */
export interface FilePlace {
  readonly file: string;
  /** From 1. */
  readonly line?: number | undefined;
  readonly key?: string | undefined;
}

/** Such as `machines.json line 3, key laptop.cores: expected …`. */
export function mistake({ file, line, key }: FilePlace, problem: string, cause?: unknown): GridError {
  const place = [line === undefined ? file : `${file} line ${line}`, ...(key === undefined ? [] : [`key ${key}`])];
  return new GridError("INVALID_OPTION", `${place.join(", ")}: ${problem}`, { details: { file, line, key }, cause });
}

/** The line of a place in a text, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The whole text of a file; throws `INVALID_OPTION` for one that is missing or cannot be read, with what to do. */
export function readText(file: string, remedy: string): string {
  const text = readTextIfAny(file);
  if (text === undefined) throw mistake({ file }, `there is no such file; ${remedy}`);
  return text;
}

/** As {@link readText}. For a missing file it is the text of the packed one; undefined if that is missing, too. */
export function readTextIfAny(file: string): string | undefined {
  try {
    return decodeWholeText(readFileSync(file), file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw mistake({ file }, messageOf(cause), cause);
    const packed = packedFiles()?.read(basename(file));
    return packed === undefined ? undefined : decodeWholeText(packed, file);
  }
}
