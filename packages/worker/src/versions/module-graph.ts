/**
 * Modules and what they import, as they are on disk, each read once a process. The version of a list of modules is a hash over the texts of all
 * that can be reached from them and over which import leads to which: neither paths nor the loader are part of it.
 */
import { hash } from "node:crypto";
import { linksIn, type ModuleLink } from "./module-links.ts";
import { ModuleResolver, type Resolution } from "./module-resolver.ts";
import { fileState, type ModuleSource, readSource } from "./module-source.ts";

/** What a version was made of. */
export interface CodeState {
  readonly version: string;
  /** By path, a hash of the content, in the order in which they are imported. */
  readonly files: ReadonlyMap<string, string>;
  /** As `name@version`, sorted. */
  readonly packages: readonly string[];
  /** Places, as `file:line`, whose imports cannot be followed. */
  readonly unfollowed: readonly string[];
  /** Files that are not as the process loaded them: changed since they were read, or after `loadedAt`. */
  readonly changed: readonly string[];
}

/** One module, as a loader will find it. */
export interface ReachedModule {
  readonly source: ModuleSource;
  /** Imports that Node alone does not find, or finds elsewhere than tsx. */
  readonly foreignLinks: readonly ModuleLink[];
  /** Lines with an import whose module is computed. */
  readonly computedLines: readonly number[];
}

interface ModuleNode {
  readonly source: ModuleSource;
  readonly contentHash: string;
  readonly links: readonly ModuleLink[];
  readonly computedLines: readonly number[];
  /** Of each import; undefined where it leads nowhere. */
  readonly targets: ReadonlyArray<Resolution | undefined>;
  readonly unfollowed: readonly string[];
}

const versionCharacters = 10;

export class ModuleGraph {
  readonly #resolver = new ModuleResolver();
  readonly #nodes = new Map<string, ModuleNode | undefined>();

  /**
   * The state of the modules that are found under `roots`; undefined where none is.
   *
   * @param loadedAt - when the process had not loaded them yet, in ms of the wall clock.
   */
  stateOf(roots: readonly string[], loadedAt: number): CodeState | undefined {
    const rooted = this.#resolver.sorted(roots);
    const { nodes, places } = this.#reached(rooted.files);
    if (nodes.length === 0 && rooted.packages.length === 0) return undefined;
    const packages = nodes.flatMap(({ targets }) => targets.flatMap((target) => target?.packages ?? []));
    const lines = nodes.map(({ contentHash, targets }) =>
      [contentHash, ...targets.map((target) => shownTarget(target, places))].join(" "),
    );
    return {
      version: hash("sha256", [...rooted.packages, ...lines].join("\n"), "base64url").slice(0, versionCharacters),
      files: new Map(nodes.map(({ source, contentHash }) => [source.path, contentHash.slice(0, versionCharacters)])),
      packages: [...new Set([...rooted.packages, ...packages])].sort(),
      unfollowed: nodes.flatMap(({ unfollowed }) => unfollowed),
      changed: nodes.filter(({ source }) => isChanged(source, loadedAt)).map(({ source }) => source.path),
    };
  }

  /** The module and all that it reaches, each as it is loaded: not as the source in its map. */
  modulesUnder(path: string): ReachedModule[] {
    return this.#reached([path]).nodes.map((node) => {
      const { source, links, computedLines } =
        node.source.compiled === undefined ? node : this.#nodeOf(node.source.compiled);
      const foreignLinks = links.filter((link) => !this.#resolver.isFoundByNode(source.path, link));
      return { source, computedLines, foreignLinks };
    });
  }

  /** In the order in which they are imported, and by path the place of each: -1 where there is no such file. */
  #reached(roots: readonly string[]): { readonly nodes: readonly ModuleNode[]; readonly places: Map<string, number> } {
    const places = new Map<string, number>();
    const nodes: ModuleNode[] = [];
    const note = (path: string): void => {
      if (places.has(path)) return;
      const node = this.#node(path);
      places.set(path, node === undefined ? -1 : nodes.length);
      if (node !== undefined) nodes.push(node);
    };
    for (const root of roots) note(root);
    // grows while it is walked through
    for (const { targets } of nodes) for (const target of targets) for (const file of target?.files ?? []) note(file);
    return { nodes, places };
  }

  #node(path: string): ModuleNode | undefined {
    if (!this.#nodes.has(path)) this.#nodes.set(path, this.#read(path));
    return this.#nodes.get(path);
  }

  #read(path: string): ModuleNode | undefined {
    const source = readSource(path);
    if (source === undefined) return undefined;
    const node = this.#nodeOf(source);
    // imports of an original mean nothing where the compiler put the file elsewhere, or rewrote them
    const isFollowed = node.targets.every((target) => target !== undefined);
    return source.compiled === undefined || isFollowed ? node : this.#nodeOf(source.compiled);
  }

  #nodeOf(source: ModuleSource): ModuleNode {
    const { path, fileName, text } = source;
    const { links, computedLines } = text === undefined ? { links: [], computedLines: [] } : linksIn(fileName, text);
    const unfollowed = computedLines.map((line) => `${path}:${line}`);
    const targets = links.map((link) => {
      const target = this.#resolver.resolve(path, link);
      if (target === undefined) unfollowed.push(`${path}: ${link.specifier}`);
      return target;
    });
    return {
      source,
      contentHash: hash("sha256", source.content, "base64url"),
      links,
      computedLines,
      targets,
      unfollowed,
    };
  }
}

function shownTarget(target: Resolution | undefined, places: ReadonlyMap<string, number>): string {
  if (target === undefined) return "?";
  const { files, packages } = target;
  return [...files.map((file) => String(places.get(file))), ...packages].join("|");
}

function isChanged({ path, state }: ModuleSource, loadedAt: number): boolean {
  const now = fileState(path);
  return now === undefined || now.identity !== state.identity || Math.floor(now.changedAt) > loadedAt;
}
