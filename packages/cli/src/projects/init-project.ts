/** `callgrid init`: writes a small project that runs as it is, into a folder that is new or empty. */
import { readdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import { GridError, messageOf } from "@callgrid/core";
import { writeNewFiles } from "../files/new-files.ts";
import { type OutputStream, writeLine } from "../terminal/io.ts";
import { type Language, projectFiles } from "./project-files.ts";

/** The names that npm takes for a package without a scope. */
const packageName = /^[a-z0-9][a-z0-9._-]{0,213}$/;
/** Names of packages that imports in the project resolve to. */
const takenNames = new Set(["callgrid", "node_modules", "tsx", "typescript"]);
/** What an empty folder may have: a repository of git, and what the Finder of macOS leaves behind. */
const passedOver = new Set([".git", ".DS_Store"]);

/**
 * Writes the project, and a line with the path of each file.
 *
 * @throws GridError `INVALID_OPTION` if the folder's name is not one for a package, or it is not empty, or cannot be written.
 */
export async function initProject(folder: string, language: Language, stdout: OutputStream): Promise<void> {
  const texts = projectFiles(projectName(folder), language);
  await writeNewFiles("init", { folder, texts, present: entriesOf(folder) }, stdout);
}

/** Shows the commands that come next. */
export async function showNextCommands(folder: string, stream: OutputStream): Promise<void> {
  const enter = resolve(folder) === process.cwd() ? [] : [`cd ${shellWord(folder)}`];
  await writeLine(stream, "Next:");
  for (const command of [...enter, "npm install", "npm start", "npm test"]) await writeLine(stream, `  ${command}`);
}

function projectName(folder: string): string {
  const name = basename(resolve(folder));
  const shown = `init: invalid project name ${JSON.stringify(name)}, from the name of the folder`;
  if (!packageName.test(name)) {
    const form = "expected at most 214 lower-case letters, digits, -, _ and ., with a letter or a digit first";
    throw new GridError("INVALID_OPTION", `${shown}: ${form}`);
  }
  if (takenNames.has(name)) throw new GridError("INVALID_OPTION", `${shown}: a package of this name exists already`);
  return name;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !passedOver.has(name))
      .sort();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new GridError("INVALID_OPTION", `init: ${folder} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
