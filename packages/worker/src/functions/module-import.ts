/** Imports modules of users by path: TypeScript without a build, by tsx, and JavaScript by Node alone. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, extname, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GridError, messageOf, nearestNames } from "@callgrid/core";
import { moduleHint } from "./module-hint.ts";
import { moduleEndings } from "./module-patterns.ts";

/** The file URL of a module, given by path (relative to the working folder) or URL; throws `INVALID_MODULE` where there is no such file. */
export function moduleUrl(source: string | URL): string {
  const url =
    source instanceof URL ? source : source.startsWith("file:") ? new URL(source) : pathToFileURL(resolve(source));
  const path = fileURLToPath(url);
  if (existsSync(path) && statSync(path).isFile()) return url.href;
  throw new GridError("INVALID_MODULE", `there is no module ${path}${hintFor(path)}`);
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
  try {
    if (/\.[cm]?tsx?$/.test(url)) await registerTypeScript();
    return (await import(url)) as object;
  } catch (cause) {
    const path = fileURLToPath(url);
    const hint = moduleHint(path, cause);
    const message = `${path} could not be loaded: ${messageOf(cause)}`;
    throw new GridError("INVALID_MODULE", hint === undefined ? message : `${message}\n${hint}`, { cause });
  }
}

let registered: Promise<void> | undefined;

/** tsx's hooks, once a process, for both kinds of modules: in a package without `"type": "module"` a `.ts` file is CommonJS. */
function registerTypeScript(): Promise<void> {
  registered ??= Promise.all([import("tsx/esm/api"), import("tsx/cjs/api")]).then(([modules, commonJs]) => {
    modules.register();
    commonJs.register();
  });
  return registered;
}
