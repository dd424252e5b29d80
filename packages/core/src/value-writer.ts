/**
 * Writes a value as text in one walk, and refuses what can't travel with the path to it.
 * Plain data becomes exactly JSON. Everything else becomes a tag that JSON can't contain (`Date(0)`, `-1n`, `undefined`),
 * so no two different values share a text. Both the canonical form and the plain wire form come from here.
 */
import { isForbiddenKey } from "./forbidden-keys.ts";
import { isPlainNumber, quote, sortKeys } from "./json-text.ts";
import { invalidValue, refusedKey, refusedValue, tooLarge } from "./refusals.ts";
import { kindOf } from "./value-kinds.ts";
import { mapEntrySegment, mapKeySegment, type PathSegment, pathText } from "./value-path.ts";

/** How many levels of arrays, objects, Maps, Sets and causes a value may nest. */
const deepestLevel = 1000;

/** How a {@link ValueWriter} writes. */
export interface WriterOptions {
  /** The name of the value in refusals. */
  readonly path: string;
  /** Whether properties are written in the order of their names, by UTF-16 unit, or as they come. */
  readonly sortsKeys: boolean;
  /** Writing stops beyond this many characters: a graph of shared objects may unfold without end. */
  readonly limitBytes: number;
}

/** From here on the native writer, behind a look at each member, is several times faster than this one. */
const fewMembers = 8;

/** Keys that are allowed, as text with the colon: programs use few and use them over and over. */
const knownKeys = new Map<string, string>();
const mostKnownKeys = 1000;
const longestKnownKey = 64;

/** Writes one value; make a new one for the next. */
export class ValueWriter {
  /** Whether all that was written so far is plain data, so that the text is JSON. */
  isPlain = true;
  readonly #options: WriterOptions;
  readonly #segments: PathSegment[] = [];
  readonly #ancestors: object[] = [];
  #level = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** The text of a value. Throws `INVALID_VALUE` and `PAYLOAD_TOO_LARGE`. */
  write(value: unknown): string {
    switch (typeof value) {
      case "string":
        return quote(value);
      case "number":
        return isPlainNumber(value) ? `${value}` : this.#tag(Object.is(value, -0) ? "Number(-0)" : `${value}`);
      case "boolean":
        return value ? "true" : "false";
      case "undefined":
        return this.#tag("undefined");
      case "bigint":
        return this.#tag(`${value}n`);
      case "object":
        return value === null ? "null" : this.#object(value);
      default:
        throw refusedValue(this.#path(), value);
    }
  }

  #tag(text: string): string {
    this.isPlain = false;
    return text;
  }

  #member(segment: PathSegment, value: unknown): string {
    this.#segments[this.#level - 1] = segment;
    return this.write(value);
  }

  #object(value: object): string {
    const level = this.#level;
    this.#refuseCycle(value);
    if (level === deepestLevel)
      throw invalidValue(this.#path(), `nests deeper than ${deepestLevel} levels: flatten it`);
    this.#ancestors[level] = value;
    this.#level = level + 1;
    const text = this.#objectText(value);
    this.#checkSize(text);
    this.#level = level;
    return text;
  }

  #objectText(value: object): string {
    switch (kindOf(value)) {
      case "plain":
        return this.#plainObject(value as Record<string, unknown>);
      case "array":
        return this.#list(value as unknown[]);
      case "map":
        return this.#tag(`Map(${this.#mapEntries(value as ReadonlyMap<unknown, unknown>)})`);
      case "set":
        return this.#tag(`Set(${this.#list([...(value as ReadonlySet<unknown>)])})`);
      case "error":
        return this.#tag(`Error(${this.#errorParts(value as Error)})`);
      case "date":
        return this.#tag(`Date(${this.#time(value as Date)})`);
      case "bytes":
        return this.#tag(bytesText(value as NodeJS.TypedArray));
      case "url":
        return this.#tag(`URL(${quote((value as URL).href)})`);
      case "other":
        throw refusedValue(this.#ownPath(), value);
    }
  }

  #list(values: readonly unknown[]): string {
    if (values.length > fewMembers && this.#areLeaves(values)) return JSON.stringify(values);
    let text = "[";
    for (let index = 0; index < values.length; index++) {
      if (index > 0) text += ",";
      text += this.#member(index, values[index]);
      // Here and not only at the end: a sparse array may have four billion members.
      this.#checkSize(text);
    }
    return `${text}]`;
  }

  #plainObject(value: Readonly<Record<string, unknown>>): string {
    const keys = Object.keys(value);
    if (this.#options.sortsKeys) sortKeys(keys);
    if (Object.getOwnPropertySymbols(value).length > 0) {
      throw invalidValue(this.#ownPath(), "has a symbol among its keys, which can't travel: use strings");
    }
    let text = "{";
    for (const key of keys) {
      const keyText = knownKeys.get(key) ?? this.#newKey(key);
      if (text.length > 1) text += ",";
      text += keyText + this.#member(key, value[key]);
    }
    return `${text}}`;
  }

  /** Whether all are plain numbers, strings, booleans or null, and few enough characters for one text. */
  #areLeaves(values: readonly unknown[]): boolean {
    let characters = 0;
    // By index: a sparse array has members that only this meets.
    for (let index = 0; index < values.length; index++) {
      const value = values[index];
      if (typeof value === "string") characters += value.length;
      else if (typeof value === "number" ? !isPlainNumber(value) : typeof value !== "boolean" && value !== null)
        return false;
      if (characters > this.#options.limitBytes) return false;
    }
    return true;
  }

  #newKey(key: string): string {
    if (isForbiddenKey(key)) throw refusedKey(this.#ownPath(), key);
    const text = `${quote(key)}:`;
    if (knownKeys.size < mostKnownKeys && key.length <= longestKnownKey) knownKeys.set(key, text);
    return text;
  }

  /** In insertion order: a function can see it, so Maps that differ in it are different arguments. The same goes for Sets. */
  #mapEntries(map: ReadonlyMap<unknown, unknown>): string {
    let text = "[";
    let index = 0;
    for (const [key, value] of map) {
      const keyText = this.#member(mapKeySegment(index), key);
      text += `${index === 0 ? "" : ","}[${keyText},${this.#member(mapEntrySegment(keyText), value)}]`;
      this.#checkSize(text);
      index++;
    }
    return `${text}]`;
  }

  /** What travels of an error: its name, its message and its cause. A stack belongs to the process that it was made in. */
  #errorParts(error: Error): string {
    const parts = `${quote(String(error.name))},${quote(String(error.message))}`;
    return error.cause === undefined ? parts : `${parts},${this.#member("cause", error.cause)}`;
  }

  #time(date: Date): number {
    const time = date.getTime();
    if (Number.isNaN(time)) throw refusedValue(this.#ownPath(), date);
    return time;
  }

  #refuseCycle(value: object): void {
    for (let level = 0; level < this.#level; level++) {
      if (this.#ancestors[level] !== value) continue;
      const origin = pathText(this.#options.path, this.#segments.slice(0, level));
      throw invalidValue(
        this.#path(),
        `leads back to ${origin}, a cycle, which can't travel: refer to it by name or index`,
      );
    }
  }

  #checkSize(text: string): void {
    const { limitBytes } = this.#options;
    if (text.length <= limitBytes) return;
    throw tooLarge(this.#options.path, { path: this.#ownPath(), bytes: text.length, limitBytes, isAtLeast: true });
  }

  /** The path of the value that is being written. */
  #path(): string {
    return pathText(this.#options.path, this.#segments.slice(0, this.#level));
  }

  /** The path of the object whose members are being written. */
  #ownPath(): string {
    return pathText(this.#options.path, this.#segments.slice(0, this.#level - 1));
  }
}

function bytesText(array: NodeJS.TypedArray): string {
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  return `${array[Symbol.toStringTag]}(${bytes.toString("base64")})`;
}
