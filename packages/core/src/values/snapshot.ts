/**
 * Reads a value once, and copies what it read into objects of this realm that share nothing. All texts of the value are made from
 * that one copy, so its id and what travels always agree: a getter, a proxy or another thread may answer differently every time.
 * What can't travel is refused with the path to it, and so is what holds more than its kind carries.
 */

import { handlePromises } from "../errors/handled-promises.ts";
import { messageOf } from "../errors/thrown.ts";
import { BytesText, hasMoreThanBytes } from "./bytes-text.ts";
import { hasExtraProperties } from "./extra-properties.ts";
import { isForbiddenKey } from "./forbidden-keys.ts";
import { isPlainNumber, sortKeys } from "./json-text.ts";
import { errorKeys, portableError } from "./portable-error.ts";
import { invalidValue, refusedKey, refusedValue } from "./refusals.ts";
import { isDisguised, kindOf, type ValueKind } from "./value-kinds.ts";
import { ValueWalk } from "./value-walk.ts";

/** The least that a member takes as text, with the comma behind it. */
const leastCharacters = 2;

/** How a value is read. */
export interface SnapshotOptions {
  /** The name of the value in refusals. */
  readonly path: string;
  /** Whether properties are copied in the order of their names, by UTF-16 unit, or as they come. */
  readonly sortsKeys: boolean;
  /** Reading stops where the text will certainly be longer: a graph of shared objects may unfold without end. */
  readonly limitBytes: number;
}

/** What was read of a value. */
export interface Snapshot {
  readonly value: unknown;
  /** Whether it is plain data, which JSON can carry. */
  readonly isPlain: boolean;
}

/** Reads a value. Throws `INVALID_VALUE` and `PAYLOAD_TOO_LARGE`, and nothing else. */
export function takeSnapshot(value: unknown, options: SnapshotOptions): Snapshot {
  const reader = new ValueReader(options);
  const copy = reader.readAll(value);
  return { value: copy, isPlain: reader.isPlain };
}

class ValueReader {
  isPlain = true;
  readonly #sortsKeys: boolean;
  readonly #walk: ValueWalk;

  constructor({ path, sortsKeys, limitBytes }: SnapshotOptions) {
    this.#sortsKeys = sortsKeys;
    this.#walk = new ValueWalk(path, limitBytes);
  }

  readAll(value: unknown): unknown {
    try {
      return this.#read(value);
    } catch (error) {
      handlePromises(value);
      if (this.#walk.isRefusal(error)) throw error;
      // a getter or a proxy threw, or the memory of a view is gone
      throw invalidValue(this.#walk.path, `can't be read: ${messageOf(error)}`, error);
    }
  }

  #read(value: unknown): unknown {
    switch (typeof value) {
      case "object":
        if (value !== null) return this.#object(value);
        break;
      case "number":
        if (!isPlainNumber(value)) this.isPlain = false;
        break;
      case "string":
        this.#walk.characters += value.length;
        break;
      case "boolean":
        break;
      case "undefined":
      case "bigint":
        this.isPlain = false;
        break;
      default:
        throw this.#walk.refuse(refusedValue(this.#walk.path, value));
    }
    this.#walk.characters += leastCharacters;
    return value;
  }

  #object(value: object): unknown {
    this.#walk.enter(value);
    const before = this.#walk.characters;
    this.#walk.characters += leastCharacters;
    const copy = this.#copy(value, before);
    this.#walk.atObject();
    this.#walk.checkSize(before);
    this.#walk.leave();
    return copy;
  }

  /** @param before - how many characters there were before this object. */
  #copy(value: object, before: number): unknown {
    const { kind, className } = kindOf(value);
    if (kind === "plain") return this.#plainObject(value as Readonly<Record<string, unknown>>);
    if (kind === "array") return this.#array(value as readonly unknown[], before);
    this.isPlain = false;
    if (kind === "bytes") return this.#bytes(value as NodeJS.TypedArray, className, before);
    if (kind === "error") return this.#error(value as Error, className);
    if (kind === "other") throw this.#walk.refuse(refusedValue(this.#walk.path, value));
    if (Reflect.ownKeys(value).length > 0) throw this.#holdsMore(`a ${className}`);
    return this.#bareObject(value, kind);
  }

  #bareObject(value: object, kind: Exclude<ValueKind, "plain" | "array" | "bytes" | "error" | "other">): unknown {
    switch (kind) {
      case "map":
        return this.#map([...(value as ReadonlyMap<unknown, unknown>)]);
      case "set":
        return this.#set([...(value as ReadonlySet<unknown>)]);
      case "date":
        return this.#date(value as Date);
      case "url":
        return this.#url(value as URL);
    }
  }

  #array(values: readonly unknown[], before: number): unknown[] {
    const copy: unknown[] = [];
    const { length } = values;
    for (let index = 0; index < length; index++) {
      this.#walk.at(index);
      const value = values[index];
      if (value === undefined && !Object.hasOwn(values, index))
        throw this.#walk.invalid("is a hole in an array, which can't travel: put undefined or null there");
      copy.push(this.#read(value));
      // a proxy may claim four billion members
      if (this.#walk.isTooLarge(before)) break;
    }
    this.#walk.atObject();
    this.#walk.checkSize(before);
    if (hasExtraProperties(values, copy)) throw this.#holdsMore("an array");
    return copy;
  }

  #plainObject(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const keys = Object.keys(value);
    if (Object.getOwnPropertySymbols(value).length > 0)
      throw this.#walk.invalid("has a symbol among its keys, which can't travel: use strings");
    if (Object.getOwnPropertyNames(value).length !== keys.length)
      throw this.#walk.invalid(
        "has a property that is not enumerable, which would be lost: make it enumerable, or leave it out",
      );
    if (keys.length === 0 && isDisguised(value)) throw this.#walk.refuse(refusedValue(this.#walk.path, value));
    return this.#properties(value, keys);
  }

  #properties(value: object, keys: string[]): Record<string, unknown> {
    if (this.#sortsKeys) sortKeys(keys);
    const copy: Record<string, unknown> = {};
    for (const key of keys) {
      if (isForbiddenKey(key)) throw this.#refuseKey(key);
      this.#walk.characters += key.length + leastCharacters;
      this.#walk.at(key);
      copy[key] = this.#read((value as Record<string, unknown>)[key]);
    }
    this.#walk.atObject();
    return copy;
  }

  /** In insertion order: a function can see it, so Maps that differ in it are different arguments. The same goes for Sets. */
  #map(entries: ReadonlyArray<readonly [unknown, unknown]>): Map<unknown, unknown> {
    const copy = new Map<unknown, unknown>();
    for (const [index, [key, value]] of entries.entries()) {
      this.#walk.at({ keyIndex: index });
      const keyCopy = this.#read(key);
      this.#walk.at({ key: keyCopy });
      copy.set(keyCopy, this.#read(value));
    }
    return copy;
  }

  #set(members: readonly unknown[]): Set<unknown> {
    const copy = new Set<unknown>();
    for (const [index, member] of members.entries()) {
      this.#walk.at(index);
      copy.add(this.#read(member));
    }
    return copy;
  }

  #date(date: Date): Date {
    const time = date.getTime();
    if (Number.isNaN(time)) throw this.#walk.refuse(refusedValue(this.#walk.path, date));
    return new Date(time);
  }

  #url({ href }: URL): URL {
    this.#walk.characters += href.length;
    return new URL(href);
  }

  #bytes(array: NodeJS.TypedArray, className: string, before: number): BytesText {
    this.#walk.characters += Math.ceil(array.byteLength / 3) * 4;
    this.#walk.checkSize(before);
    const text = new BytesText(array, className);
    if (hasMoreThanBytes(array, className)) throw this.#holdsMore(`a ${className}`);
    return text;
  }

  #error(error: Error, className: string): Error {
    const keys = errorKeys(error);
    if (keys === undefined) throw this.#holdsMore("an error");
    const hidden = this.#properties(error, keys.hidden);
    return portableError({ class: className, hidden, shown: this.#properties(error, keys.shown) });
  }

  #holdsMore(than: string): Error {
    return this.#walk.invalid(
      `has properties that ${than} does not carry, which would be lost: pass them by themselves`,
    );
  }

  #refuseKey(key: string): Error {
    this.#walk.atObject();
    return this.#walk.refuse(refusedKey(this.#walk.path, key));
  }
}
