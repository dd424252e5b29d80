/** Files of settings in JSON. Mistakes in them are reported with file, line and key. */
import { GridError, nearestNames } from "@callgrid/core";
import { visit } from "jsonc-parser";
import { wholeText } from "../files/text-input.ts";
import { readJson } from "../requests/json-text.ts";
import type { CliIo } from "../terminal/io.ts";

/** A settings file that could be read. */
export class ConfigFile {
  readonly path: string;
  readonly #text: string;
  readonly #content: Readonly<Record<string, unknown>>;

  /** Throws `INVALID_OPTION` for a file that is missing, is not JSON, has a number that would change or a key twice, or holds no object. */
  static async read(io: Pick<CliIo, "stdin">, path: string): Promise<ConfigFile> {
    return new ConfigFile(path, await wholeText(io, path));
  }

  private constructor(path: string, text: string) {
    this.path = path;
    this.#text = text;
    const content: unknown = this.#parse();
    if (typeof content !== "object" || content === null || Array.isArray(content))
      throw invalid(path, 1, "the file", "must hold an object");
    this.#content = content as Readonly<Record<string, unknown>>;
    const repeated = repeatedKey(text);
    if (repeated !== undefined) throw invalid(path, repeated.line, repeated.key, "is there twice");
  }

  /** The value of a key; `undefined` where it is missing. */
  get(key: string): unknown {
    return this.#content[key];
  }

  /** Throws `INVALID_OPTION` for a key that is not one of those that are known, with the nearest of them. */
  refuseUnknownKeys(known: readonly string[], at?: { readonly key: string; readonly value: object }): void {
    const unknown = Object.keys(at?.value ?? this.#content).find((name) => !known.includes(name));
    if (unknown === undefined) return;
    const [nearest] = nearestNames(unknown, known, 1);
    const hint = nearest === undefined ? `the keys are ${known.join(", ")}` : `did you mean ${nearest}?`;
    this.refuse(at === undefined ? unknown : `${at.key}.${unknown}`, `is not known here; ${hint}`);
  }

  /** Throws `INVALID_OPTION` that names the line and the key. `key` may go deeper: `hosts[1].cpus`. */
  refuse(key: string, problem: string): never {
    throw invalid(this.path, this.#lineOf(key), key, problem);
  }

  #parse(): unknown {
    const { value, fault } = readJson(this.#text);
    if (fault === undefined) return value;
    const { index, problem, remedy } = fault;
    const before = this.#text.slice(0, index);
    const key = [...before.matchAll(/"([^"\\\n]*)"\s*:/g)].at(-1)?.[1] ?? "the file";
    throw invalid(this.path, lineAt(before), key, remedy === undefined ? problem : `${problem}; ${remedy}`);
  }

  /** The line of the last part of a key, searched for part by part; that of the whole where it is missing. */
  #lineOf(key: string): number {
    let at = 0;
    for (const part of key.split(".")) {
      const [name = "", ...indexes] = part.split(/[[\]]+/).filter((piece) => piece !== "");
      const found = indexOfKey(this.#text, name, at);
      if (found === -1) break;
      at = found;
      for (const index of indexes) at = this.#elementAt(at, Number(index));
    }
    return lineAt(this.#text.slice(0, at));
  }

  /** Where an element of the list that begins after `at` begins. */
  #elementAt(at: number, index: number): number {
    let depth = 0;
    let element = 0;
    const text = withoutMarksInStrings(this.#text);
    for (let place = text.indexOf("[", at) + 1; place < text.length; place += 1) {
      const character = text.charAt(place);
      if (depth === 0 && element === index && character.trim() !== "") return place;
      if (character === "[" || character === "{") depth += 1;
      if (character === "]" || character === "}") depth -= 1;
      if (character === "," && depth === 0) element += 1;
    }
    return at;
  }
}

/** The first key that an object of the text has twice. */
function repeatedKey(text: string): { readonly key: string; readonly line: number } | undefined {
  const objects: Array<Set<string>> = [];
  let repeated: { readonly key: string; readonly line: number } | undefined;
  visit(text, {
    onObjectBegin: () => void objects.push(new Set()),
    onObjectProperty: (key, offset) => {
      const keys = objects.at(-1);
      if (keys?.has(key) === true) repeated ??= { key, line: lineAt(text.slice(0, offset)) };
      keys?.add(key);
    },
    onObjectEnd: () => void objects.pop(),
  });
  return repeated;
}

/** Where a key is, as opposed to a value of the same text; -1 where it does not. */
function indexOfKey(text: string, name: string, from: number): number {
  for (let at = text.indexOf(`"${name}"`, from); at !== -1; at = text.indexOf(`"${name}"`, at + 1))
    if (/^\s*:/.test(text.slice(at + name.length + 2))) return at;
  return -1;
}

/** The same text, of the same length, in which brackets and commas are those of lists and objects only. */
function withoutMarksInStrings(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => quoted.replace(/[[\]{},]/g, " "));
}

function lineAt(before: string): number {
  return before.split("\n").length;
}

function invalid(path: string, line: number, key: string, problem: string): GridError {
  return new GridError("INVALID_OPTION", `${path} line ${line}: ${key} ${problem}`, { details: { path, line, key } });
}
