/** Keeps `--log-file` from being written into a file of another kind. */
import { closeSync, existsSync, openSync, readSync, statSync } from "node:fs";
import { GridError, messageOf } from "@callgrid/core";

const readBytes = 65_536;

/**
 * Throws `INVALID_OPTION` for a file that holds something, and is not a log: none of its lines is one, and it was not begun as one.
 *
 * @param history - the file that lies next to a log from its beginning.
 */
export function refuseOtherFile(path: string, history: string): void {
  const state = statSync(path, { throwIfNoEntry: false });
  if (state === undefined || (state.isFile() && state.size === 0) || existsSync(history)) return;
  if (!state.isFile()) throw invalid(path, "is not a file");
  if (!beginningOf(path).split("\n").some(isLogLine))
    throw invalid(path, "is a file of another kind, which is left as it is; give another path");
}

function beginningOf(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const buffer = Buffer.alloc(readBytes);
    return buffer.toString("utf8", 0, readSync(file, buffer, 0, readBytes, 0));
  } catch (cause) {
    throw invalid(path, `cannot be read: ${messageOf(cause)}`, cause);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function isLogLine(line: string): boolean {
  try {
    const { level, time } = Object(JSON.parse(line)) as Readonly<Record<string, unknown>>;
    return typeof level === "number" && typeof time === "number";
  } catch {
    return false;
  }
}

function invalid(path: string, problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_OPTION", `--log-file ${path} ${problem}`, { details: { path: "--log-file" }, cause });
}
