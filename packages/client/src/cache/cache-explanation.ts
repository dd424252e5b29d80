/**
 * Why the kept result of a request is used or not: the code that made it, compared with the code that is current now. Pure: it is given what
 * the pool knows.
 */
import {
  type CodeNote,
  codeDifference,
  codesIn,
  type FunctionTable,
  type InputFileState,
  isFileCode,
  type KeptResultState,
  ownPart,
  ownStamp,
  readCode,
  versionIn,
} from "@callgrid/statekeeper";

/**
 * `used`: the next equal request gets the kept result. `none`: no result is kept. `code changed`: a function that took part in it has another
 * version since. `file changed`: a file that was read for it has other content since. `forgotten`: all results of the function were forgotten since.
 * `nondeterministic`: it has given different values for one request, and none of its results is kept.
 *
 * @beta
 */
export type CacheUse = "used" | "none" | "code changed" | "file changed" | "forgotten" | "nondeterministic";

/** A function that took part in a kept result. @beta */
export interface CodeOfResult {
  readonly functionName: string;
  /** The version that took part. */
  readonly version: string;
  /** The pool's version now; undefined where the pool does not know the function, and then any version counts as current. */
  readonly currentVersion: string | undefined;
  /** Whether the files of both versions are known, where these differ; not so where a version was given, or was noted over a month ago. */
  readonly areFilesKnown: boolean;
  /** Paths of files that differ between the two versions, sorted. */
  readonly changedFiles: readonly string[];
  /** Packages that only one of the two versions uses, as `name@version`. */
  readonly changedPackages: readonly string[];
}

/** A file that was read for a kept result. @beta */
export interface FileOfResult {
  readonly path: string;
  /** As this process sees it. `not seen`: it has no such file, or may not read it, and then the result is used. */
  readonly state: InputFileState;
}

/** What a pool says of the kept result of a request. @beta */
export interface CacheExplanation {
  /** The id of the request. */
  readonly id: string;
  readonly functionName: string;
  readonly use: CacheUse;
  /** For how long the result will still be kept, in ms; undefined where none is. */
  readonly leftMs: number | undefined;
  /** The functions that took part in the result, sorted by name, those that have another version now first. */
  readonly code: readonly CodeOfResult[];
  /** The files that functions have named as their inputs, by path. */
  readonly files: readonly FileOfResult[];
}

/** What {@link explainResult} goes by. */
export interface ResultSituation {
  readonly id: string;
  readonly functionName: string;
  readonly kept: KeptResultState | undefined;
  readonly table: FunctionTable;
  /** What versions are made of, by version, as far as is known. */
  readonly notes: ReadonlyMap<string, CodeNote>;
  readonly files: readonly FileOfResult[];
}

export function explainResult({ id, functionName, kept, table, notes, files }: ResultSituation): CacheExplanation {
  const isNondeterministic = table.functions.get(functionName)?.isNondeterministic === true;
  const none = isNondeterministic ? "nondeterministic" : "none";
  if (kept === undefined) return { id, functionName, use: none, leftMs: undefined, code: [], files };
  const { stamp, leftMs } = kept;
  const code = functionsIn(functionName, stamp).map((each) => codeOfResult(each, table, notes));
  const sorted = code.toSorted((one, other) => Number(isChanged(other)) - Number(isChanged(one)) || byName(one, other));
  const use = useOf(functionName, stamp, { table, code });
  const isFileChanged = use === "used" && files.some(({ state }) => state === "changed");
  return { id, functionName, use: isFileChanged ? "file changed" : use, leftMs, code: sorted, files };
}

function functionsIn(functionName: string, stamp: string): Array<ReturnType<typeof readCode>> {
  const codes = codesIn(functionName, stamp).filter((code) => !isFileCode(code));
  return codes.map(readCode);
}

/** The versions of which an explanation needs notes: those that took part, and the current ones in their place. */
export function versionsConcerned(functionName: string, stamp: string, { functions }: FunctionTable): string[] {
  const codes = functionsIn(functionName, stamp);
  const changed = codes.filter(({ functionName, version }) => functions.get(functionName)?.version !== version);
  const concerned = changed.flatMap(({ functionName, version }) => [version, functions.get(functionName)?.version]);
  return [...new Set(concerned.filter((version) => version !== undefined))];
}

function useOf(
  functionName: string,
  stamp: string,
  { table, code }: { readonly table: FunctionTable; readonly code: readonly CodeOfResult[] },
): CacheUse {
  if (code.some(isChanged)) return "code changed";
  const current = table.functions.get(functionName);
  if (current === undefined || ownPart(stamp) === ownStamp(current.version, current.generation)) return "used";
  if (versionIn(stamp) !== current.version) return "code changed";
  return current.isNondeterministic === true ? "nondeterministic" : "forgotten";
}

function codeOfResult(
  { functionName, version }: { readonly functionName: string; readonly version: string },
  { functions }: FunctionTable,
  notes: ReadonlyMap<string, CodeNote>,
): CodeOfResult {
  const currentVersion = functions.get(functionName)?.version;
  const now = currentVersion === undefined ? undefined : notes.get(currentVersion);
  const difference = codeDifference(notes.get(version), now);
  const { files: changedFiles = [], packages: changedPackages = [] } = difference ?? {};
  return {
    functionName,
    version,
    currentVersion,
    areFilesKnown: difference !== undefined,
    changedFiles,
    changedPackages,
  };
}

/** Whether the pool has another version of it now. */
function isChanged({ version, currentVersion }: CodeOfResult): boolean {
  return currentVersion !== undefined && currentVersion !== version;
}

function byName(one: CodeOfResult, other: CodeOfResult): number {
  return one.functionName < other.functionName ? -1 : 1;
}
