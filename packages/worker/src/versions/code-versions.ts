/**
 * The versions of functions: that of their definition, else the code version that the worker was given, else that of their modules on disk.
 * Functions without a module that can be found, such as those of a prompt, keep the hash of their text.
 */
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { type Definition, fileOfSite, GridError, type Logger, messageOf, RecentMap, randomId } from "@callgrid/core";
import type { CodeNote } from "@callgrid/statekeeper";
import type { CodeState, ModuleGraph } from "./module-graph.ts";
import { fileState } from "./module-source.ts";

const graphKey = Symbol.for("callgrid.module-graph");
const loggedKey = Symbol.for("callgrid.logged-modules");
/** How functions that `new Function` has made begin. */
const builtText = /^(?:async )?function\*? anonymous\(/;
/** Files and packages that notes of one worker name at most, so that they stay short where very many functions have very many modules. */
const mostNoted = 10_000;
/** A development server loads modules over and over, and all that it has loaded have states of their own. */
const mostStates = 1_000;
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
  readonly #states = new RecentMap<string, Promise<CodeState | undefined>>(mostStates);

  readonly #notes = new Map<string, CodeNote>();
  #noted = 0;

  constructor(parts: CodeVersionsParts) {
    this.#parts = parts;
  }

  /** What each version was made of, by version. */
  get notes(): ReadonlyMap<string, CodeNote> {
    return this.#notes;
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
    const version = isOnDisk(definition, roots) ? state.version : `${state.version}-${definition.version}`;
    this.#note(version, state);
    return version;
  }

  #note(version: string, { files, packages }: CodeState): void {
    const size = files.size + packages.length;
    if (this.#notes.has(version) || this.#noted + size > mostNoted) return;
    this.#noted += size;
    const [root = ""] = files.keys();
    const folder = packageFolder(dirname(root)) ?? dirname(root);
    const named = [...files].map(([path, hash]) => [relative(folder, path).split(sep).join("/"), hash] as const);
    this.#notes.set(version, { files: Object.fromEntries(named), packages });
  }

  /** What the versions of functions of these modules are made of; undefined where none of the modules can be found. */
  #stateOf(roots: readonly string[], loadedAt: number): Promise<CodeState | undefined> {
    const key = `${loadedAt} ${roots.join(" ")}`;
    const state = this.#states.get(key) ?? this.#read(roots, loadedAt);
    this.#states.set(key, state);
    return state;
  }

  async #read(roots: readonly string[], loadedAt: number): Promise<CodeState | undefined> {
    // no parser is needed, and a packed sweep has none
    if (roots.every((root) => root === "")) return undefined;
    const state = (await processGraph()).stateOf(roots, loadedAt);
    if (state === undefined) return undefined;
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

/** The nearest folder with a package.json, from this one upward; undefined for a folder outside of packages. */
function packageFolder(folder: string): string | undefined {
  if (existsSync(join(folder, "package.json"))) return folder;
  return dirname(folder) === folder ? undefined : packageFolder(dirname(folder));
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

/** Loaded on first use: callers, and workers of JavaScript with a code version, need no parser. */
export function processGraph(): Promise<ModuleGraph> {
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
