/**
 * Keeps files apart: what a command writes must be none of the files that it reads, and no other file that it writes. Paths are
 * compared by the file they lead to, so that `./x`, a symbolic link and a hard link to `x` are `x`.
 */
import { accessSync, constants, existsSync, mkdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { GridError, messageOf } from "@callgrid/core";

/** A file, and the option that names it. */
export interface NamedFile {
  readonly option: string;
  readonly path: string;
  /** Whether the folder of an output is made where there is none. */
  readonly makesFolder?: boolean;
}

/** The files of a command. */
export interface FilePlaces {
  readonly inputs: readonly NamedFile[];
  readonly outputs: readonly NamedFile[];
}

/** Throws `INVALID_OPTION` for an output that cannot be written, or would overwrite another of the files. */
export function checkFilePlaces({ inputs, outputs }: FilePlaces): void {
  for (const output of outputs) refuseUnwritable(output);
  const taken = new Map(inputs.filter(({ path }) => existsSync(path)).map((input) => [fileIdOf(input.path), input]));
  for (const output of outputs) {
    const id = fileIdOf(output.path);
    const other = taken.get(id);
    if (id !== undefined && other !== undefined)
      throw invalid(output, `would overwrite ${other.option} ${other.path}: they are one file`);
    taken.set(id, output);
  }
}

/** The file that a path leads to, whether or not it exists; undefined for what is not a file, such as a device: it can be shared. */
function fileIdOf(path: string): string | undefined {
  const state = statSync(path, { throwIfNoEntry: false });
  if (state !== undefined) return state.isFile() ? `${state.dev}:${state.ino}` : undefined;
  return newFilePath(path);
}

/** Where a file would be made: behind links that lead to nothing yet. */
function newFilePath(path: string): string {
  const folder = dirname(resolve(path));
  const place = join(existsSync(folder) ? realpathSync(folder) : folder, basename(path));
  const target = linkTarget(place);
  return target === undefined ? place : newFilePath(resolve(dirname(place), target));
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function refuseUnwritable(output: NamedFile): void {
  const { path, makesFolder = false } = output;
  try {
    if (makesFolder) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const state = statSync(path, { throwIfNoEntry: false });
    if (state?.isDirectory() === true) throw new Error("it is a folder");
    if (state !== undefined) accessSync(path, constants.W_OK);
    else accessSync(dirname(newFilePath(path)), constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw invalid(output, `cannot be written: ${messageOf(cause)}`, cause);
  }
}

function invalid({ option, path }: NamedFile, problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_OPTION", `${option} ${path} ${problem}`, {
    details: { path: option, file: path },
    cause,
  });
}
