/**
 * The configuration of an experiment: values by keys, in sections. A getter returns a value of its type or refuses it with the section and
 * the key, so that a mistake in a file is not taken for a value.
 */
import { GridError } from "../errors/errors.ts";
import { nearestNames } from "../options/nearest.ts";
import { readNumber } from "../options/option-text.ts";
import { didYouMean, shown } from "../options/option-value.ts";

/** Plain data: values, lists and further sections. */
export type ConfigData = Readonly<Record<string, unknown>>;

/** Of texts, numbers or booleans. @beta */
export type ConfigList = ReadonlyArray<string | number | boolean>;

/** The configuration of an experiment: values by keys, in sections. Getters check the type of a value. @beta */
export class Config {
  readonly #data: ConfigData;
  readonly #path: string;

  /** @param path - the names of the sections around it, such as `model.noise`; empty for the whole. */
  constructor(data: ConfigData, path = "") {
    this.#data = data;
    this.#path = path;
  }

  /** The keys of this section, those of further sections included. */
  get keys(): readonly string[] {
    return Object.keys(this.#data);
  }

  /** Whether the key is there, as a value or a section. */
  has(key: string): boolean {
    return Object.hasOwn(this.#data, key);
  }

  /**
   * A section of this one.
   *
   * @throws GridError `INVALID_OPTION` as every getter does: for a key that is missing, and for a value of another type.
   * @example
   * ```ts
   * const rate = context().config.section("model").number("rate");
   * ```
   */
  section(name: string): Config {
    const path = this.#pathOf(name);
    if (!this.has(name)) throw invalid(path, `the configuration has no section [${path}]${this.#similar(name)}`);
    const value = this.#data[name];
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.#wrong(name, "a section", value);
    return new Config(value as ConfigData, path);
  }

  text(key: string): string {
    const value = this.#get(key);
    if (typeof value !== "string") throw this.#wrong(key, "a text", value);
    return value;
  }

  number(key: string): number {
    const value = this.#get(key);
    if (typeof value !== "number") throw this.#wrong(key, "a number", value);
    return value;
  }

  /** A whole number of at most 53 bits. */
  integer(key: string): number {
    const value = this.#get(key);
    if (!Number.isSafeInteger(value)) throw this.#wrong(key, "a whole number", value);
    return value as number;
  }

  boolean(key: string): boolean {
    const value = this.#get(key);
    if (typeof value !== "boolean") throw this.#wrong(key, "true or false", value);
    return value;
  }

  list(key: string): ConfigList {
    const value = this.#get(key);
    const isList = Array.isArray(value) && value.every((member) => typeof member !== "object");
    if (!isList) throw this.#wrong(key, "a list of texts, numbers or booleans", value);
    return value as ConfigList;
  }

  /** In ms: a number, or a text such as `500ms`, `5s`, `2m`, `1h`, `7d`. */
  duration(key: string): number {
    return this.#amount(key, "ms", "a duration such as 500ms, 5s, 2m, 1h or 7d");
  }

  /** A number, or a text such as `64KiB`, `64MiB`, `1GiB`; `kb`, `mb` and `gb` are the same. */
  bytes(key: string): number {
    return this.#amount(key, "bytes", "a size such as 4096, 64KiB, 64MiB or 1GiB");
  }

  #amount(key: string, unit: "ms" | "bytes", expected: string): number {
    const value = this.#get(key);
    const amount = typeof value === "string" ? readNumber(unit, value.trim()) : value;
    if (typeof amount !== "number" || !(amount >= 0)) throw this.#wrong(key, expected, value);
    return amount;
  }

  #get(key: string): unknown {
    if (this.has(key)) return this.#data[key];
    throw invalid(this.#pathOf(key), `${this.#place} has no key ${key}${this.#similar(key)}`);
  }

  #wrong(key: string, expected: string, value: unknown): GridError {
    return invalid(this.#pathOf(key), `${this.#place}, key ${key}: expected ${expected}, got ${shown(value)}`);
  }

  get #place(): string {
    return this.#path === "" ? "the configuration" : `section [${this.#path}] of the configuration`;
  }

  #pathOf(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  #similar(key: string): string {
    return didYouMean(nearestNames(key, this.keys, 1)[0]);
  }
}

function invalid(path: string, message: string): GridError {
  return new GridError("INVALID_OPTION", message, { details: { path } });
}
