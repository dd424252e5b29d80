/** Imports modules of users by path: JavaScript, and TypeScript without a build. */
import { existsSync, readdirSync, type Stats, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GridError, messageOf, nearestNames } from "@callgrid/core";
import { moduleHint } from "./module-hint.ts";
import { isModuleUrl, isTypeScript, moduleEndings } from "./module-patterns.ts";
import { isOfLoader, prepareTypeScript } from "./typescript-loading.ts";

/** The URL of a module, given by path (relative to the working folder) or URL; throws `INVALID_MODULE` where there is no such file. */
export function moduleUrl(source: string | URL): string {
  const url = source instanceof URL ? source : isModuleUrl(source) ? new URL(source) : pathToFileURL(resolve(source));
  if (url.protocol === "data:") return url.href;
  const path = fileURLToPath(url);
  const stats = statsOf(path);
  if (stats?.isFile() === true) return url.href;
  if (stats?.isDirectory() === true)
    throw new GridError(
      "INVALID_MODULE",
      `${path} is a folder: name its modules, by a pattern such as '${join(path, "*.ts")}'`,
    );
  throw new GridError("INVALID_MODULE", `there is no module ${path}${hintFor(path)}`);
}

/** What messages call a module. */
export function shownModule(url: string): string {
  return url.startsWith("data:") ? "the module of a data: URL" : fileURLToPath(url);
}

/** Undefined for what cannot be looked at, for whatever reason. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function hintFor(path: string): string {
  const ending = moduleEndings.find((each) => existsSync(path + each));
  const nearest = ending === undefined ? nearestModule(path) : basename(path) + ending;
  return nearest === undefined ? "" : `; did you mean ${nearest}?`;
}

/** The module next to it with the most similar name. */
function nearestModule(path: string): string | undefined {
  const folder = dirname(path);
  const beside = existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : [];
  const modules = beside.filter((name) => moduleEndings.includes(extname(name)) && !name.endsWith(".d.ts"));
  const byStem = new Map(modules.map((name) => [basename(name, extname(name)), name]));
  const [nearest = ""] = nearestNames(basename(path, extname(path)), byStem.keys(), 1);
  return byStem.get(nearest);
}

/** What a module exports; throws `INVALID_MODULE` for one that is missing or fails to load. */
export async function importModule(source: string | URL): Promise<object> {
  const url = moduleUrl(source);
  const path = shownModule(url);
  let obstacles: readonly string[] = [];
  try {
    if (isTypeScript(path)) obstacles = await prepareTypeScript(path);
    return (await import(url)) as object;
  } catch (cause) {
    const hint = moduleHint(path, cause);
    const reasons = hint === undefined && isOfLoader(cause) ? obstacles : [hint ?? ""].filter(Boolean);
    const message = [`${path} could not be loaded: ${messageOf(cause)}`, ...reasons].join("\n");
    throw new GridError("INVALID_MODULE", message, { cause });
  }
}
