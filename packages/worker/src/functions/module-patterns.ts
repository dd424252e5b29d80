/**
 * Patterns in place of modules, such as `src/**\/*.functions.ts`. They are expanded where the modules are loaded, by one function for all
 * commands and for programs. What is the name of a file as it stands is that file.
 */
import { existsSync } from "node:fs";
import { extname, resolve, sep } from "node:path";
import { GridError, isPattern } from "@callgrid/core";

export const moduleEndings = [".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"];

/** Whether a path is that of a module in TypeScript. */
export function isTypeScript(path: string): boolean {
  return /\.[cm]?tsx?$/.test(path);
}

/** Whether a source is a URL, of a file or of the text itself. */
export function isModuleUrl(source: string): boolean {
  return /^(?:file|data):/.test(source);
}

const ignored = ["**/node_modules/**", "**/*.d.{ts,mts,cts}"];

/**
 * The modules of a source: the absolute paths of the files that a pattern matches, in the order of their names, else the source itself,
 * a path made absolute. Files that are no modules, declarations and what lies in node_modules match no pattern.
 *
 * @throws GridError `INVALID_MODULE` for a pattern that matches no module.
 */
export async function modulesOf(source: string): Promise<string[]> {
  if (isModuleUrl(source)) return [source];
  const path = resolve(source);
  const divided = existsSync(path) ? undefined : dividedPattern(source);
  if (divided === undefined) return [path];
  const { folder, pattern } = divided;
  const { glob } = await import("tinyglobby");
  const found = await glob(pattern, { cwd: folder, absolute: true, ignore: ignored, expandDirectories: false });
  const modules = found.filter((file) => moduleEndings.includes(extname(file))).map((file) => resolve(file));
  if (modules.length > 0) return modules.sort();
  const missing = existsSync(folder) ? "" : ", which does not exist";
  throw new GridError("INVALID_MODULE", `no module matches ${source}: looked for ${pattern} in ${folder}${missing}`);
}

/** The folder that a pattern begins with, and the rest. A folder that is there is no pattern, whatever characters its name has. */
function dividedPattern(source: string): { readonly folder: string; readonly pattern: string } | undefined {
  const steps = source.split(sep === "\\" ? /[\\/]/ : "/");
  const pathTo = (count: number): string => resolve([...steps.slice(0, count), ""].join("/"));
  const first = steps.findIndex((step, place) => isPattern(step) && !existsSync(pathTo(place + 1)));
  return first === -1 ? undefined : { folder: pathTo(first), pattern: steps.slice(first).join("/") };
}
