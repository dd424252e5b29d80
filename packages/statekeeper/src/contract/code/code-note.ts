/** What a pool remembers of versions and of results, for those who ask why a result is used or not. Part of the contract. */

/** What a version of a function was made of. @beta */
export interface CodeNote {
  /** A hash of each file, by its path from the folder of the package. */
  readonly files: Readonly<Record<string, string>>;
  /** Packages as `name@version`, sorted. */
  readonly packages: readonly string[];
}

/** A result as a pool keeps it, whether it is used or not. */
export interface KeptResultState {
  /** The code that made it, see stamp.ts. */
  readonly stamp: string;
  /** For how long it will still be kept, in ms. */
  readonly leftMs: number;
}

/** How many results a pool keeps, used or not, and how long their texts are together. */
export interface KeptAmount {
  readonly results: number;
  readonly bytes: number;
}

/** For how long a note of a version stays after a worker with that version joined last, in ms: longer than most results. */
export const codeNoteMs = 30 * 86_400_000;

/** What differs between two versions, sorted. @beta */
export interface CodeDifference {
  /** Paths of files that are in one alone, or are not equal. One that only lies elsewhere makes no difference. */
  readonly files: readonly string[];
  /** Packages that are in one alone, as `name@version`. */
  readonly packages: readonly string[];
}

/** Undefined where there is no note of one of them. Nothing may differ, since not all that makes a version is on disk. */
export function codeDifference(before: CodeNote | undefined, after: CodeNote | undefined): CodeDifference | undefined {
  if (before === undefined || after === undefined) return undefined;
  return {
    files: differingFiles(new Map(Object.entries(before.files)), new Map(Object.entries(after.files))),
    packages: [...onlyIn(before.packages, after.packages), ...onlyIn(after.packages, before.packages)].sort(),
  };
}

type Hashes = ReadonlyMap<string, string>;

function differingFiles(before: Hashes, after: Hashes): string[] {
  const changed = [...before].filter(([path, hash]) => after.has(path) && after.get(path) !== hash);
  const removed = missingIn(after, before);
  const added = missingIn(before, after);
  const left = new Set(removed.map(([, hash]) => hash));
  const come = new Set(added.map(([, hash]) => hash));
  const gone = removed.filter(([, hash]) => !come.has(hash));
  const brought = added.filter(([, hash]) => !left.has(hash));
  return [...changed, ...gone, ...brought].map(([path]) => path).sort();
}

function missingIn(other: Hashes, files: Hashes): Array<[string, string]> {
  return [...files].filter(([path]) => !other.has(path));
}

function onlyIn(packages: readonly string[], others: readonly string[]): string[] {
  return packages.filter((name) => !others.includes(name));
}
