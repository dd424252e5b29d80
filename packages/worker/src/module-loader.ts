/**
 * Loads the functions that a worker evaluates: from modules (TypeScript without a build, by tsx; JavaScript by Node alone),
 * or from definitions at hand. A module's functions are those it exports, and those that were defined while it was loaded.
 */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { allDefinitions, type Definition, GridError, isDefined } from "@callgrid/core";
import { FunctionRegistry } from "./function-registry.ts";

/** A module by path (relative to the working folder) or URL, a reference made by `define`, or an object of such. */
export type FunctionSource = string | URL | object;

/** One source or several. */
export type FunctionSources = FunctionSource | readonly FunctionSource[];

const loadedKey = Symbol.for("callgrid.loaded-modules");
let lastLoad: Promise<unknown> = Promise.resolve();

/**
 * Loads all functions of the sources.
 *
 * @throws GridError `INVALID_MODULE` for a module that is missing, fails to load, or defines nothing; `FUNCTION_REDEFINED`.
 */
export async function loadFunctions(sources: FunctionSources): Promise<FunctionRegistry> {
  const definitions: Definition[] = [];
  for (const source of Array.isArray(sources) ? (sources as readonly FunctionSource[]) : [sources as FunctionSource]) {
    if (typeof source === "string" || source instanceof URL) definitions.push(...(await loadModule(source)));
    else definitions.push(...definitionsIn(source, "the given functions"));
  }
  return new FunctionRegistry(definitions);
}

/** Whether every source can be loaded anew in another thread or process. */
export function areModules(sources: FunctionSources): boolean {
  const all = Array.isArray(sources) ? (sources as readonly FunctionSource[]) : [sources];
  return all.every((source) => typeof source === "string" || source instanceof URL);
}

async function loadModule(source: string | URL): Promise<Definition[]> {
  const url = moduleUrl(source);
  const known = loadedModules().get(url);
  if (known !== undefined) return known;
  // one at a time, so that what is defined meanwhile is known to come from this module
  const load = lastLoad.then(() => importDefinitions(url));
  lastLoad = load.catch(() => undefined);
  const definitions = await load;
  loadedModules().set(url, definitions);
  return definitions;
}

async function importDefinitions(url: string): Promise<Definition[]> {
  const before = allDefinitions().length;
  let exported: object;
  try {
    exported = await importModule(url);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GridError("INVALID_MODULE", `${shown(url)} could not be loaded: ${reason}`, { cause });
  }
  const definitions = new Set([...allDefinitions().slice(before), ...exportedDefinitions(exported)]);
  if (definitions.size === 0) {
    throw new GridError(
      "INVALID_MODULE",
      `${shown(url)} defines no function; make one known: export const f = define("f", …)`,
    );
  }
  return [...definitions];
}

async function importModule(url: string): Promise<object> {
  if (!/\.[cm]?tsx?$/.test(url)) return (await import(url)) as object;
  await registerTypeScript();
  return (await import(url)) as object;
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

function moduleUrl(source: string | URL): string {
  const url =
    source instanceof URL ? source : source.startsWith("file:") ? new URL(source) : pathToFileURL(resolve(source));
  const path = fileURLToPath(url);
  if (existsSync(path) && statSync(path).isFile()) return url.href;
  throw new GridError("INVALID_MODULE", `there is no module ${path}`);
}

function definitionsIn(source: object, where: string): Definition[] {
  const definitions = isDefined(source) ? [source.definition] : exportedDefinitions(source);
  if (definitions.length === 0) throw new GridError("INVALID_MODULE", `${where} hold nothing that define() returned`);
  return definitions;
}

function exportedDefinitions(exported: object): Definition[] {
  return Object.values(exported)
    .filter(isDefined)
    .map(({ definition }) => definition);
}

function shown(url: string): string {
  return fileURLToPath(url);
}

function loadedModules(): Map<string, Definition[]> {
  const holder = globalThis as Record<symbol, Map<string, Definition[]> | undefined>;
  holder[loadedKey] ??= new Map();
  return holder[loadedKey];
}
