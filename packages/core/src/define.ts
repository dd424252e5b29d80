/**
 * Definitions: what a worker can evaluate, and the typed requests that ask for it.
 * Every definition is remembered in one list of the process, so that functions that a module does not export are found too.
 */
import { createHash } from "node:crypto";
import { GridError } from "./errors.ts";
import { isFunctionName } from "./function-name.ts";
import { checkedNeeds, type Needs } from "./needs.ts";

/** How a function is cached, limited and told apart from its earlier self. */
export interface FunctionOptions {
  /**
   * Names this state of the function: results of another version are ignored. Default: a hash of the function's source,
   * which does not see a change in a helper that the function calls; give a version of your own where that matters.
   */
  readonly version?: string;
  /** How long a result is kept, in ms (default one day, up to a year); `false` keeps none. */
  readonly cache?: { readonly ttlMs: number } | false;
  /** How long one evaluation may take, waiting for re-entrant requests included, in ms. Default: no limit. */
  readonly timeoutMs?: number;
  /** What it needs of the worker that evaluates it: workers that lack it are passed over. Default: nothing. */
  readonly needs?: Needs;
}

/** A function by name, with what the grid knows of it. */
export interface Definition {
  readonly name: string;
  readonly version: string;
  /** In ms; 0 keeps no results. */
  readonly cacheTtlMs: number;
  /** In ms; 0 means no limit. */
  readonly timeoutMs: number;
  readonly needs: Needs;
  readonly evaluate: (...args: never[]) => unknown;
}

/** What {@link define} adds to a function: it stays callable, and stands for its name in a request. */
export interface Defined {
  readonly functionName: string;
  readonly definition: Definition;
}

/** Any function, whatever it takes and returns. */
export type AnyFunction = (...args: never[]) => unknown;

/** A call of a function by name or by reference: `["divide", 1, 2]` or `[divide, 1, 2]`. Arguments are plain data. */
export type Request = readonly [target: string | (AnyFunction & Defined), ...args: unknown[]];

/** The value that a request resolves to: that of the reference, `unknown` for a name. */
export type ValueOf<R> = R extends readonly [infer Target, ...unknown[]]
  ? Target extends (...args: never[]) => infer Value
    ? Awaited<Value>
    : unknown
  : unknown;

/** The values of a list of requests, as a tuple where the list is one. */
export type ValuesOf<R extends readonly unknown[]> = { -readonly [K in keyof R]: ValueOf<R[K]> };

/** A request whose arguments fit its reference; any, where it is not known which function it calls. */
export type Checked<R> = R extends readonly [infer Target, ...unknown[]]
  ? Target extends (...args: infer Args) => unknown
    ? AnyFunction extends Target
      ? R
      : Args extends never[]
        ? never[] extends Args
          ? R
          : readonly [Target, ...Args]
        : readonly [Target, ...Args]
    : R
  : R;

/** A list of requests whose arguments fit their references. */
export type CheckedAll<R extends readonly unknown[]> = { readonly [K in keyof R]: Checked<R[K]> };

const oneDayMs = 86_400_000;
const longestTtlMs = 366 * oneDayMs;
const definitionsKey = Symbol.for("callgrid.definitions");

/** All definitions of this process, oldest first; one list even where callgrid is installed twice. */
export function allDefinitions(): Definition[] {
  const holder = globalThis as Record<symbol, Definition[] | undefined>;
  holder[definitionsKey] ??= [];
  return holder[definitionsKey];
}

/**
 * Makes a function known to the grid by `name`. The function must be pure: same arguments, same value, no side effects.
 * Arguments and value are plain data (JSON, and Date, Map, Set, BigInt, typed arrays, undefined).
 *
 * @returns a reference: call it as before, or put it first in a request.
 * @throws GridError `INVALID_OPTION` for a bad name or option.
 * @example
 * ```ts
 * import { define } from "callgrid";
 * export const divide = define("divide", (x: number, y: number) => x / y);
 * ```
 */
export function define<F extends AnyFunction>(name: string, evaluate: F): F & Defined;
export function define<F extends AnyFunction>(name: string, options: FunctionOptions, evaluate: F): F & Defined;
export function define<F extends AnyFunction>(name: string, ...rest: [F] | [FunctionOptions, F]): F & Defined {
  const [options, evaluate] = rest.length === 1 ? [{}, rest[0]] : rest;
  checkName(name);
  if (typeof evaluate !== "function") {
    throw new GridError("INVALID_OPTION", `define("${name}", …) needs a function, got ${typeof evaluate}`);
  }
  const definition: Definition = Object.freeze({
    name,
    version: versionOf(name, options, evaluate),
    cacheTtlMs: cacheTtlMs(name, options),
    timeoutMs: timeoutMs(name, options),
    needs: checkedNeeds(options.needs ?? {}, `define("${name}", { needs })`),
    evaluate,
  });
  allDefinitions().push(definition);
  const reference = ((...args: never[]) => evaluate(...args)) as F;
  Object.defineProperty(reference, "name", { value: name });
  return Object.assign(reference, { functionName: name, definition });
}

/** Whether `value` is a reference that {@link define} returned. */
export function isDefined(value: unknown): value is AnyFunction & Defined {
  return typeof value === "function" && typeof (value as Partial<Defined>).functionName === "string";
}

function checkName(name: string): void {
  if (isFunctionName(name)) return;
  throw new GridError(
    "INVALID_OPTION",
    `define: ${JSON.stringify(name)} is no function name; it starts with a letter, and letters, digits and . : / _ - may follow (128 characters at most)`,
  );
}

function versionOf(name: string, options: FunctionOptions, evaluate: AnyFunction): string {
  const { version } = options;
  if (version === undefined) return createHash("sha256").update(evaluate.toString()).digest("base64url").slice(0, 10);
  if (typeof version === "string" && /^[\w.+-]{1,64}$/.test(version)) return version;
  throw new GridError("INVALID_OPTION", `define("${name}", { version }): 1 to 64 letters, digits and . + _ -`);
}

function cacheTtlMs(name: string, options: FunctionOptions): number {
  if (options.cache === undefined) return oneDayMs;
  if (options.cache === false) return 0;
  return positive(options.cache.ttlMs, longestTtlMs, `define("${name}", { cache: { ttlMs } })`);
}

function timeoutMs(name: string, options: FunctionOptions): number {
  if (options.timeoutMs === undefined) return 0;
  return positive(options.timeoutMs, longestTtlMs, `define("${name}", { timeoutMs })`);
}

function positive(value: unknown, most: number, where: string): number {
  if (typeof value === "number" && Number.isFinite(value) && value >= 1 && value <= most) return Math.ceil(value);
  throw new GridError("INVALID_OPTION", `${where}: a number of ms from 1 to ${most}, got ${String(value)}`);
}
