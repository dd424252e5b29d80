/**
 * The files that requests may name in this process. A process that evaluates requests of others has one list of folders, which its
 * workers and runners set; whatever callgrid opens or looks at by a path goes through here. In a process without such a list, as on
 * the embedded grid, nothing is refused: the paths are those of its own user.
 */
import { constants, openSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { parse } from "node:path";
import { type GridError, invalidOption } from "@callgrid/core";
import { AllowedFolders } from "./allowed-folders.ts";

interface Limit {
  readonly folders: AllowedFolders;
  /** Whether files elsewhere are opened for callers that can read them: by default they are, with a given list they are not. */
  readonly opensKnown: boolean;
  /** How many workers and runners have set it. */
  users: number;
}

const limitKey = Symbol.for("callgrid.data-folders");
/** One a process (or thread), even where callgrid is installed twice. */
const holder = globalThis as Record<symbol, Limit | undefined>;

/** What limits nothing: the paths that requests name are those of the process's own user. */
export const everyFolder: readonly string[] = ["/"];

/**
 * Limits what requests may read in this process to these folders; default: the working folder, and files that their callers can read.
 * Returns what ends that.
 *
 * @throws GridError `INVALID_OPTION` for a folder that is missing, and where other folders are set already.
 */
export function limitDataFolders(given?: readonly string[]): () => void {
  const folders = new AllowedFolders(given ?? defaultFolders(), "--data-folder");
  if (folders.areAll) return () => undefined;
  const opensKnown = given === undefined;
  const limit = holder[limitKey] ?? { folders, opensKnown, users: 0 };
  if (limit.opensKnown !== opensKnown || limit.folders.key !== folders.key) throw differs();
  limit.users += 1;
  holder[limitKey] = limit;
  let isSet = true;
  return () => {
    if (isSet) limit.users -= 1;
    isSet = false;
    if (limit.users === 0 && holder[limitKey] === limit) delete holder[limitKey];
  };
}

/**
 * Opens a file to read it; throws `FILE_NOT_ALLOWED` for one that requests may not read here. Waits for no other end of a pipe.
 *
 * @param isKnown - whether the request shows that its caller can read this file, which opens files elsewhere by default.
 */
export function openData(path: string, isKnown?: (file: number) => boolean): number {
  const limit = holder[limitKey];
  if (limit !== undefined) return limit.folders.openToRead(path, limit.opensKnown ? isKnown : undefined);
  return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
}

/** Services and ssh start in folders that hold far more than data: there, nothing is allowed by default. */
function defaultFolders(): string[] {
  const folder = process.cwd();
  return [parse(folder).root, homeFolder()].includes(folder) ? [] : [folder];
}

function homeFolder(): string | undefined {
  try {
    return realpathSync(homedir());
  } catch {
    return undefined;
  }
}

function differs(): GridError {
  return invalidOption(
    "dataFolder",
    "differs from that of a worker or runner in this process: a process has one list of data folders",
  );
}
