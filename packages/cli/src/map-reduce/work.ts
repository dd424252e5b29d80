/**
 * The work of a map/reduce run, by convention: `workers/mapper` and `workers/reducer`, each exporting `start`, and raw files
 * under `data/`, all next to `work.json`. A module that defines both as functions of the grid is written for the workers.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { lines } from "@callgrid/batch";
import { entryFile, GridError, isGridError, messageOf, patternHint } from "@callgrid/core";
import type { ConfigFile } from "./config-file.ts";

/** What `work.json` says, and what lies next to it. */
export interface Work {
  /** Absolute paths of the raw files. */
  readonly files: readonly string[];
  /** Where these really are: the folders that the workers may read. */
  readonly dataFolders: readonly string[];
  /** How many lines make a piece; default: by the number of workers. */
  readonly linesPerPiece: number | undefined;
  /** The module for the workers; it defines {@link mapFunction} and {@link reduceFunction}. */
  readonly module: string;
}

/** What the module calls its functions. */
export const mapFunction = "mapper";
export const reduceFunction = "reducer";

/** Reads `{ "files": ["birds.txt"], "linesPerPiece"?: 1000 }`; throws `INVALID_OPTION` for what is missing or wrong. */
export function readWork(file: ConfigFile): Work {
  file.refuseUnknownKeys(["files", "linesPerPiece"]);
  const folder = dirname(resolve(file.path));
  const names = file.get("files");
  if (!Array.isArray(names) || names.length === 0) return file.refuse("files", "must be a list of files under data/");
  const files = names.map((name: unknown, place) => {
    if (typeof name !== "string") return file.refuse(`files[${place}]`, "must be the name of a file under data/");
    const path = resolve(folder, "data", name);
    if (!existsSync(path))
      return file.refuse(
        `files[${place}]`,
        `must be the name of a file under data/: there is no ${path}${patternHint(name)}`,
      );
    const problem = problemOf(path);
    return problem === undefined ? path : file.refuse(`files[${place}]`, `cannot be read: ${path}: ${problem}`);
  });
  const linesPerPiece = file.get("linesPerPiece");
  if (linesPerPiece !== undefined && !(Number.isSafeInteger(linesPerPiece) && Number(linesPerPiece) >= 1))
    return file.refuse("linesPerPiece", "must be a whole number of 1 or more");
  const dataFolders = [...new Set(files.map((path) => dirname(realpathSync(path))))];
  return { files, dataFolders, linesPerPiece: linesPerPiece as number | undefined, module: writeModule(folder) };
}

/** Why a file cannot be read as lines. */
function problemOf(path: string): string | undefined {
  try {
    lines(path);
    return undefined;
  } catch (error) {
    return isGridError(error) ? String(error.details["reason"]) : messageOf(error);
  }
}

/**
 * Next to the work, where hosts that share the folder find it, under a name that says what is in it. Its functions have the versions of the modules
 * on disk, the mapper's and reducer's imports among them; so an unchanged module is not written again, because a new change time would count as a change.
 */
function writeModule(folder: string): string {
  const imported = { mapper: workerPath(folder, "mapper"), reducer: workerPath(folder, "reducer") };
  const text = moduleText(imported);
  const name = createHash("sha256").update(text).digest("hex").slice(0, 16);
  // by its ending a worker knows that it needs a loader of TypeScript for what is imported
  const ending = Object.values(imported).some((path) => path.endsWith("ts")) ? "mts" : "mjs";
  const path = join(folder, ".callgrid", `${name}.${ending}`);
  try {
    // workers load it: others may read it, and never write it
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text, { mode: 0o644 });
  } catch (cause) {
    throw unwritable(dirname(path), cause);
  }
  return path;
}

function unwritable(folder: string, cause: unknown): GridError {
  const link =
    lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true
      ? ` (a link to ${readlinkSync(folder)})`
      : "";
  const reason = messageOf(cause);
  return new GridError("INVALID_OPTION", `${folder}${link} must be a folder that can be written: ${reason}`, {
    details: { path: folder },
    cause,
  });
}

function workerPath(folder: string, name: string): string {
  const candidates = ["ts", "mts", "js", "mjs"].map((ending) => join(folder, "workers", `${name}.${ending}`));
  const found = candidates.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile() === true);
  if (found !== undefined) return found;
  throw new GridError("INVALID_MODULE", `there is no ${candidates[0]}; it has to export start`, {
    details: { path: candidates[0] },
  });
}

function moduleText({ mapper, reducer }: Readonly<Record<"mapper" | "reducer", string>>): string {
  const from = (path: string): string => JSON.stringify(pathToFileURL(path).href);
  return `import { define, refuseChanged } from ${JSON.stringify(entryFile("./work-imports.js", import.meta.url))};
import * as mapper from ${from(mapper)};
import * as reducer from ${from(reducer)};

const startOf = (module, path) => {
  if (typeof module.start !== "function") throw new Error(path + " exports no function named start");
  return module.start;
};
const map = startOf(mapper, ${JSON.stringify(mapper)});
const reduce = startOf(reducer, ${JSON.stringify(reducer)});

export const mapPiece = define("${mapFunction}", async (piece) => {
  refuseChanged(piece);
  const value = await map(piece.file, piece.fromLine, piece.toLine);
  refuseChanged(piece);
  return value;
});
export const reduceList = define("${reduceFunction}", (list) => reduce(list));
`;
}
