/** Files of settings in JSON. What is wrong in them is told with file, line and key. */
import { readFileSync } from "node:fs";
import { GridError } from "@callgrid/core";
import { jsonErrorIndex } from "../json-scanner.ts";

/** A settings file that could be read. */
export class ConfigFile {
  readonly path: string;
  readonly #text: string;
  readonly #content: Readonly<Record<string, unknown>>;

  /** Throws `INVALID_OPTION` for a file that is missing, is no JSON, or holds no object. */
  constructor(path: string) {
    this.path = path;
    this.#text = readText(path);
    const content: unknown = this.#parse();
    if (typeof content !== "object" || content === null || Array.isArray(content))
      throw invalid(path, 1, "the file", "must hold an object");
    this.#content = content as Readonly<Record<string, unknown>>;
  }

  /** The value of a key; `undefined` where it is missing. */
  get(key: string): unknown {
    return this.#content[key];
  }

  /** Throws `INVALID_OPTION` that names the line and the key. `key` may go deeper: `hosts[1].cpus`. */
  refuse(key: string, problem: string): never {
    throw invalid(this.path, this.#lineOf(key), key, problem);
  }

  #parse(): unknown {
    try {
      return JSON.parse(this.#text);
    } catch {
      const index = jsonErrorIndex(this.#text) ?? this.#text.length;
      const before = this.#text.slice(0, index);
      const keys = [...before.matchAll(/"([^"\\\n]*)"\s*:/g)];
      const key = keys.at(-1)?.[1];
      const found =
        index >= this.#text.length ? "it ends too early" : `unexpected ${JSON.stringify(this.#text.charAt(index))}`;
      throw invalid(this.path, lineAt(before), key ?? "the file", `is no JSON: ${found}`);
    }
  }

  /** The line of the last part of a key, searched for part by part; that of the whole where it is missing. */
  #lineOf(key: string): number {
    let at = 0;
    for (const part of key.split(".")) {
      const [name = "", ...indexes] = part.split(/[[\]]+/).filter((piece) => piece !== "");
      const found = this.#text.indexOf(`"${name}"`, at);
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
    for (let place = this.#text.indexOf("[", at) + 1; place < this.#text.length; place += 1) {
      const character = this.#text.charAt(place);
      if (depth === 0 && element === index && character.trim() !== "") return place;
      if (character === "[" || character === "{") depth += 1;
      if (character === "]" || character === "}") depth -= 1;
      if (character === "," && depth === 0) element += 1;
    }
    return at;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GridError("INVALID_OPTION", `${path} cannot be read: ${reason}`, { details: { path }, cause });
  }
}

function lineAt(before: string): number {
  return before.split("\n").length;
}

function invalid(path: string, line: number, key: string, problem: string): GridError {
  return new GridError("INVALID_OPTION", `${path} line ${line}: ${key} ${problem}`, { details: { path, line, key } });
}
