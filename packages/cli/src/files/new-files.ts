/** Writes files where there are none yet, for the commands that begin something in a folder. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GridError, messageOf } from "@callgrid/core";
import { type OutputStream, writeLine } from "../terminal/io.ts";

/** The most file names that an error message lists. */
const mostShown = 20;

/** What a command writes. */
export interface NewFiles {
  /** Where; the folder is made if it is missing. */
  readonly folder: string;
  /** Their texts by name. */
  readonly texts: ReadonlyMap<string, string>;
  /** The names of what is there and must not be; with any of them nothing is written. */
  readonly present: readonly string[];
}

/**
 * Writes the files, and a line with the path of each.
 *
 * @param command - as messages call it, such as `sweep init`.
 * @throws GridError `INVALID_OPTION` if anything is in the way, or the folder cannot be written.
 */
export async function writeNewFiles(command: string, files: NewFiles, stdout: OutputStream): Promise<void> {
  const { folder, texts, present } = files;
  if (present.length > 0) throw refusal(command, `${inTheWay(folder, present)} there already; nothing was written`);
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of texts) writeFileSync(join(folder, name), text, { flag: "wx" });
  } catch (cause) {
    throw refusal(command, `${folder} cannot be written: ${messageOf(cause)}`, cause);
  }
  for (const name of texts.keys()) await writeLine(stdout, join(folder, name));
}

function inTheWay(folder: string, present: readonly string[]): string {
  const paths = present.slice(0, mostShown).map((name) => join(folder, name));
  if (present.length > mostShown) return `${paths.join(", ")} and ${present.length - mostShown} more are`;
  return `${paths.join(", ")} ${paths.length === 1 ? "is" : "are"}`;
}

function refusal(command: string, problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_OPTION", `${command}: ${problem}`, { cause });
}
