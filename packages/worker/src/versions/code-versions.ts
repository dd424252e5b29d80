/**
 * The versions of functions: that of their definition, else the code version that the worker was given, else that of their modules on disk.
 * Functions without a module that can be found, such as those of a prompt, keep the hash of their text.
 */
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Definition, fileOfSite, randomId } from "@callgrid/core";
import type { Logger } from "pino";
import type { CodeState, ModuleGraph } from "./module-graph.ts";

const graphKey = Symbol.for("callgrid.module-graph");
const loggedKey = Symbol.for("callgrid.logged-modules");

/** What {@link CodeVersions} is made of. */
export interface CodeVersionsParts {
  /** The version of all functions whose definition gives none. */
  readonly codeVersion: string | undefined;
  readonly log: Pick<Logger, "warn">;
}

export class CodeVersions {
  readonly #parts: CodeVersionsParts;
  /** By the modules and when they were loaded, since most definitions of a module have both in common. */
  readonly #states = new Map<string, Promise<CodeState | undefined>>();

  readonly #files = new Map<string, string>();

  constructor(parts: CodeVersionsParts) {
    this.#parts = parts;
  }

  /** The files that versions were made of, with a hash of each, by their paths from the folder that holds them all. */
  get files(): ReadonlyMap<string, string> {
    const folder = commonFolder([...this.#files.keys()]);
    return new Map([...this.#files].map(([path, hash]) => [relative(folder, path), hash]));
  }

  /**
   * The definition with the version under which its results are kept.
   *
   * @param loadedAt - when its module had not been loaded yet, in ms of the wall clock.
   */
  async versioned(definition: Definition, loadedAt: number): Promise<Definition> {
    if (definition.origin?.isVersionGiven !== false) return definition;
    const { codeVersion } = this.#parts;
    const version = codeVersion ?? (await this.stateOf(definition, loadedAt))?.version ?? definition.version;
    return { ...definition, version };
  }

  /** What the version of a function is made of; undefined where its modules cannot be found. */
  stateOf(definition: Definition, loadedAt: number): Promise<CodeState | undefined> {
    const roots = modulesOf(definition);
    const key = `${loadedAt} ${roots.join(" ")}`;
    const state = this.#states.get(key) ?? this.#read(roots, loadedAt);
    this.#states.set(key, state);
    return state;
  }

  async #read(roots: readonly string[], loadedAt: number): Promise<CodeState | undefined> {
    const state = (await processGraph()).stateOf(roots, loadedAt);
    if (state === undefined) return undefined;
    for (const [path, hash] of state.files) this.#files.set(path, hash);
    this.#logOnce(
      state.unfollowed,
      "imports that cannot be followed: what changes behind them does not change the version",
    );
    if (state.changed.length === 0) return state;
    this.#logOnce(
      state.changed,
      "modules changed after they were loaded: until a restart, no other worker shares their results",
    );
    return { ...state, version: `${state.version}-${randomId()}` };
  }

  #logOnce(places: readonly string[], message: string): void {
    const logged = loggedPlaces();
    const unlogged = places.filter((place) => !logged.has(place));
    for (const place of unlogged) logged.add(place);
    if (unlogged.length > 0) this.#parts.log.warn({ places: unlogged }, message);
  }
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map(dirname);
  return folders.reduce((common, folder) => {
    let shared = common;
    while (folder !== shared && !folder.startsWith(join(shared, sep)) && dirname(shared) !== shared)
      shared = dirname(shared);
    return shared;
  }, folders[0] ?? sep);
}

/** Files, innermost first, each once. */
function modulesOf({ origin }: Definition): string[] {
  return [...new Set((origin?.sites ?? []).map((site) => pathOfModule(fileOfSite(site))))].filter(
    (path) => path !== "",
  );
}

/** The path of a module that is named by path or URL. Loaders add a query to what they load once more. */
export function pathOfModule(file: string): string {
  if (!file.startsWith("file:")) return file.replace(/\?.*$/, "");
  try {
    return fileURLToPath(new URL(file));
  } catch {
    return "";
  }
}

/** Loaded on first use: callers, and workers with a code version, need no parser. */
function processGraph(): Promise<ModuleGraph> {
  const holder = globalThis as Record<symbol, Promise<ModuleGraph> | undefined>;
  holder[graphKey] ??= import("./module-graph.ts").then((graph) => new graph.ModuleGraph());
  return holder[graphKey];
}

function loggedPlaces(): Set<string> {
  const holder = globalThis as Record<symbol, Set<string> | undefined>;
  holder[loggedKey] ??= new Set();
  return holder[loggedKey];
}
