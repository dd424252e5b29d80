/**
 * The versions of functions: that of their definition, else the code version that the worker was given, else that of their modules on disk.
 * Functions without a module that can be found, such as those of a prompt, keep the hash of their text.
 */
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Definition, fileOfSite, GridError, type Logger, messageOf, randomId } from "@callgrid/core";
import type { CodeState, ModuleGraph } from "./module-graph.ts";
import { fileState } from "./module-source.ts";

const graphKey = Symbol.for("callgrid.module-graph");
const loggedKey = Symbol.for("callgrid.logged-modules");
/** How functions that `new Function` has made begin. */
const builtText = /^(?:async )?function\*? anonymous\(/;
/** Two letters at least: one is a drive of Windows. */
const urlScheme = /^[a-z][a-z\d+.-]+:/i;

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
   * @throws GridError `INVALID_MODULE` where the parser has no build for this platform, or was left out when callgrid was installed.
   */
  async versioned(definition: Definition, loadedAt: number): Promise<Definition> {
    if (definition.origin?.isVersionGiven !== false) return definition;
    const version = this.#parts.codeVersion ?? (await this.#diskVersion(definition, loadedAt));
    return { ...definition, version };
  }

  async #diskVersion(definition: Definition, loadedAt: number): Promise<string> {
    const roots = modulesOf(definition);
    const state = await this.#stateOf(roots, loadedAt);
    if (state === undefined) return definition.version;
    return isOnDisk(definition, roots) ? state.version : `${state.version}-${definition.version}`;
  }

  /** What the versions of functions of these modules are made of; undefined where none of the modules can be found. */
  #stateOf(roots: readonly string[], loadedAt: number): Promise<CodeState | undefined> {
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

/** Paths, innermost first, each once; empty for what is not a file. */
function modulesOf({ origin }: Definition): string[] {
  return [...new Set((origin?.sites ?? []).map((site) => pathOfModule(fileOfSite(site))))];
}

/** Whether files show all of the function's text: it is neither built from a string nor in a module that has no file. */
function isOnDisk({ evaluate }: Definition, roots: readonly string[]): boolean {
  return !builtText.test(evaluate.toString()) && roots.every((root) => fileState(root) !== undefined);
}

/** The path of a module that is named by path or URL; empty for URLs of no file. Loaders add a query to what they load once more. */
export function pathOfModule(file: string): string {
  if (!file.startsWith("file:")) return urlScheme.test(file) ? "" : file.replace(/\?.*$/, "");
  try {
    return fileURLToPath(new URL(file));
  } catch {
    return "";
  }
}

/** Loaded on first use: callers, and workers with a code version, need no parser. */
function processGraph(): Promise<ModuleGraph> {
  const holder = globalThis as Record<symbol, Promise<ModuleGraph> | undefined>;
  holder[graphKey] ??= import("./module-graph.ts").then(
    (graph) => new graph.ModuleGraph(),
    (cause: unknown) => {
      throw new GridError(
        "INVALID_MODULE",
        `cannot read versions of functions from their modules: ${messageOf(cause)}; install optional dependencies, or give --code-version, or each function a version: define("f", { version: "1" }, …)`,
        { cause },
      );
    },
  );
  return holder[graphKey];
}

function loggedPlaces(): Set<string> {
  const holder = globalThis as Record<symbol, Set<string> | undefined>;
  holder[loggedKey] ??= new Set();
  return holder[loggedKey];
}
