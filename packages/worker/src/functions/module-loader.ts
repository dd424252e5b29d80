/**
 * Loads the functions that a worker evaluates: from modules, or from definitions at hand. A module's functions are those
 * it exports, and those that were defined while it was loaded.
 */
import { allDefinitions, type Definition, GridError, invalidOption, isDefined } from "@callgrid/core";
import { CodeVersions, type CodeVersionsParts } from "../versions/code-versions.ts";
import { FunctionRegistry } from "./function-registry.ts";
import { importModule, moduleUrl, shownModule } from "./module-import.ts";
import { modulesOf } from "./module-patterns.ts";

/** A module by path (relative to the working folder), pattern such as `src/*.functions.ts`, or URL, a reference made by `define`, or an object of such. @public */
export type FunctionSource = string | URL | object;

/** One source or several. @public */
export type FunctionSources = FunctionSource | readonly FunctionSource[];

/** How {@link loadFunctions} finds versions. */
export interface LoadOptions extends CodeVersionsParts {
  /** Whether functions that are given by reference may keep the hash of their text: their results end with this process. */
  readonly isOfProcess: boolean;
}

/** What a module has defined, and when it had not been loaded yet, in ms of the wall clock. */
interface LoadedModule {
  readonly definitions: readonly Definition[];
  readonly loadedAt: number;
}

const loadedKey = Symbol.for("callgrid.loaded-modules");
let lastLoad: Promise<unknown> = Promise.resolve();

/**
 * Loads all functions of the sources.
 *
 * @throws GridError `INVALID_MODULE` for a module that is missing, fails to load, or defines nothing; `FUNCTION_REDEFINED`.
 */
export async function loadFunctions(sources: FunctionSources, options: LoadOptions): Promise<FunctionRegistry> {
  const versions = new CodeVersions(options);
  const definitions: Definition[] = [];
  checkSources(sources, "functions");
  for (const source of await expandSources(sources)) {
    const isModule = typeof source === "string" || source instanceof URL;
    const loaded = isModule ? await loadModule(source) : loadedBefore(definitionsIn(source, "the given functions"));
    const keepsText = !isModule && options.isOfProcess;
    for (const definition of loaded.definitions)
      definitions.push(keepsText ? definition : await versions.versioned(definition, loaded.loadedAt));
  }
  return new FunctionRegistry(definitions, versions.notes);
}

/** With the files that patterns match, each once, in place of the patterns; throws `INVALID_MODULE` for one that matches none. */
export async function expandSources(sources: FunctionSources): Promise<FunctionSource[]> {
  const all = listOf(sources);
  const expanded = await Promise.all(all.map((source) => (typeof source === "string" ? modulesOf(source) : [source])));
  return [...new Set(expanded.flat())];
}

function listOf(sources: FunctionSources): readonly FunctionSource[] {
  return Array.isArray(sources) ? (sources as readonly FunctionSource[]) : [sources as FunctionSource];
}

/** Throws `INVALID_OPTION` under the name `path` for what cannot be a source of functions. */
export function checkSources(sources: unknown, path: string): void {
  for (const source of Array.isArray(sources) ? (sources as readonly unknown[]) : [sources]) {
    if (typeof source === "string" || typeof source === "function") continue;
    if (typeof source === "object" && source !== null) continue;
    throw invalidOption(path, `must be modules by path, or what define returned, got ${String(source)}`);
  }
}

/** Whether every source can be loaded again in another thread or process. */
export function areModules(sources: FunctionSources): boolean {
  const all = Array.isArray(sources) ? (sources as readonly FunctionSource[]) : [sources];
  return all.every((source) => typeof source === "string" || source instanceof URL);
}

/** Of modules that were loaded before, by whatever imported them. */
function loadedBefore(definitions: readonly Definition[]): LoadedModule {
  return { definitions, loadedAt: Math.min(...definitions.map(({ origin }) => origin?.definedAt ?? Date.now())) };
}

async function loadModule(source: string | URL): Promise<LoadedModule> {
  const url = moduleUrl(source);
  const known = loadedModules().get(url);
  if (known !== undefined) return known;
  // one at a time, so that what is defined meanwhile is known to come from this module
  const load = lastLoad.then(() => importDefinitions(url));
  lastLoad = load.catch(() => undefined);
  const loaded = await load;
  loadedModules().set(url, loaded);
  return loaded;
}

async function importDefinitions(url: string): Promise<LoadedModule> {
  const startedAt = Date.now();
  const before = allDefinitions().length;
  const exported = await importModule(url);
  const definitions = new Set([...allDefinitions().slice(before), ...exportedDefinitions(exported)]);
  if (definitions.size === 0) {
    throw new GridError(
      "INVALID_MODULE",
      `${shownModule(url)} defines no function; make one known: export const f = define("f", …)`,
    );
  }
  const { loadedAt } = loadedBefore([...definitions]);
  return { definitions: [...definitions], loadedAt: Math.min(startedAt, loadedAt) };
}

function definitionsIn(source: object, where: string): Definition[] {
  const definitions = isDefined(source) ? [source.definition] : exportedDefinitions(source);
  if (definitions.length === 0) throw new GridError("INVALID_MODULE", `${where} hold nothing that define() returned`);
  return definitions;
}

/** Also those of an object that is the default: all exports of another module. */
function exportedDefinitions(exported: object): Definition[] {
  const whole: unknown = Reflect.get(exported, "default");
  const values = [...Object.values(exported), ...(typeof whole === "object" ? Object.values(whole ?? {}) : [])];
  return [...new Set(values.filter(isDefined).map(({ definition }) => definition))];
}

function loadedModules(): Map<string, LoadedModule> {
  const holder = globalThis as Record<symbol, Map<string, LoadedModule> | undefined>;
  holder[loadedKey] ??= new Map();
  return holder[loadedKey];
}
