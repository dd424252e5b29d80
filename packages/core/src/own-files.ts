/** Files of the grid's own code, and where a packed sweep has them instead: it is one executable without files. */

/** What a packed sweep has in place of files. */
export interface PackedFiles {
  /** The URL by which any thread loads a module of the executable: one that processes and threads begin with, or `sweep`. */
  readonly moduleUrl: (name: string) => string;
  /** A file that was packed, by its path in the folder of the sweep; undefined for one that was not packed. */
  readonly read: (path: string) => Uint8Array | undefined;
}

/** By which name a packed sweep has the package.json of callgrid. */
export const ownManifest = "callgrid/package.json";

const packedKey = Symbol.for("callgrid.packed-files");

/** Undefined unless this process runs a packed sweep, whose first lines set it in each thread. */
export function packedFiles(): PackedFiles | undefined {
  return (globalThis as Record<symbol, PackedFiles | undefined>)[packedKey];
}

/**
 * The file `name` next to the one with the URL `from`: a process or thread begins with it. Of a source file it is the compiled one in
 * `dist`, since Node on its own runs no TypeScript.
 */
export function entryFile(name: string, from: string): URL {
  const packed = packedFiles();
  if (packed !== undefined) return new URL(packed.moduleUrl(name.slice("./".length)));
  const sources = from.lastIndexOf("/src/");
  const compiled = from.endsWith(".ts")
    ? `${from.slice(0, sources)}/dist/${from.slice(sources + "/src/".length)}`
    : from;
  return new URL(name, compiled);
}
