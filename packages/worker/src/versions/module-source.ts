/**
 * What a module consists of, on disk: its text with line ends as LF. What a compiler made of one TypeScript file, and carries that file's text in
 * its source map (`inlineSources` of tsc, the default of esbuild and swc), counts as that text, so it has the version of its source.
 */
import { accessSync, constants, readFileSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What a file held when it was read first. */
export interface ModuleSource {
  readonly path: string;
  /** The name of the file that the text is of, which says the language. */
  readonly fileName: string;
  /** Undefined where the file is not text. */
  readonly text: string | undefined;
  readonly content: string | Buffer;
  readonly state: FileState;
  /** Where the text is that of the original in a source map, the file as it is. */
  readonly compiled?: ModuleSource;
}

/** By what a change of a file shows. A change of content sets `changedAt`, which no program can set back. */
export interface FileState {
  readonly changedAt: number;
  readonly identity: string;
}

/** Reads a file as it is now; returns undefined if it cannot be read. */
export function fileState(path: string): FileState | undefined {
  try {
    accessSync(path, constants.R_OK);
    const stats = statSync(path);
    return stats.isFile() ? stateOf(stats) : undefined;
  } catch {
    return undefined;
  }
}

function stateOf({ ctimeMs, mtimeMs, size, ino }: Stats): FileState {
  return { changedAt: ctimeMs, identity: [ctimeMs, mtimeMs, size, ino].join(" ") };
}

/** Undefined where there is no such file. */
export function readSource(path: string): ModuleSource | undefined {
  // first: if the file changes in between, the next look at it finds another state
  const state = fileState(path);
  if (state === undefined) return undefined;
  const fileName = basename(path);
  const bytes = readFileSync(path);
  if (!/\.([cm]?[jt]sx?|json)$/.test(path)) return { path, fileName, text: undefined, content: bytes, state };
  const text = withPlainEnds(bytes.toString());
  const asItIs = { path, fileName, text: /\.json$/.test(path) ? undefined : text, content: text, state };
  const original = originalOf(path, text);
  return original === undefined ? asItIs : { path, ...original, content: original.text, state, compiled: asItIs };
}

function withPlainEnds(text: string): string {
  return text.replaceAll("\r\n", "\n");
}

const mapComment = /^\/\/[#@] sourceMappingURL=(\S+)\s*$/m;
const inlineMap = /^data:application\/json[^,]*;base64,/;

interface SourceMap {
  readonly sources?: readonly unknown[];
  readonly sourcesContent?: readonly unknown[];
}

function originalOf(path: string, text: string): { readonly fileName: string; readonly text: string } | undefined {
  const comment = /\.[cm]?jsx?$/.test(path) ? mapComment.exec(text.slice(text.lastIndexOf("\n//")).trimStart()) : null;
  const { sources = [], sourcesContent = [] } = comment?.[1] === undefined ? {} : readMap(path, comment[1]);
  const [source, content] = [sources[0], sourcesContent[0]];
  if (sources.length !== 1 || typeof source !== "string" || typeof content !== "string") return undefined;
  return /\.[cm]?tsx?$/.test(source) ? { fileName: basename(source), text: withPlainEnds(content) } : undefined;
}

/** A map that is missing or broken is as none: the module counts as it is. */
function readMap(path: string, url: string): SourceMap {
  try {
    const text = inlineMap.test(url)
      ? Buffer.from(url.replace(inlineMap, ""), "base64").toString()
      : readFileSync(join(dirname(path), decodeURIComponent(url)), "utf8");
    return (JSON.parse(text) as SourceMap | null) ?? {};
  } catch {
    return {};
  }
}
