/**
 * Definitions: what a worker can evaluate, and the typed requests that ask for it.
 * Every definition is remembered in one list of the process, so that functions that a module does not export are found too.
 */
import { createHash } from "node:crypto";
import { GridError } from "../errors/errors.ts";
import { isFunctionName } from "../requests/function-name.ts";
import { randomId } from "../text/id.ts";
import { callDefinition } from "./call-definition.ts";
import { definitionSites } from "./definition-site.ts";
import { type FunctionOptions, type FunctionSchemas, resolveFunctionOptions } from "./function-options.ts";
import type { Needs } from "./needs.ts";
import type { ArgumentsSchema, SchemaInput, SchemaOutput, StandardSchema } from "./standard-schema.ts";

export type { FunctionOptions, FunctionSchemas } from "./function-options.ts";

/** Where and when a function was defined. */
export interface DefinitionOrigin {
  /** Whether its options gave the version. */
  readonly isVersionGiven: boolean;
  /** Where it was defined, as `file:line:column`, and from where the function that defines it was called, innermost first. */
  readonly sites: readonly string[];
  /** In ms of the wall clock. */
  readonly definedAt: number;
}

/** A function by name, with what the grid knows of it. @public */
export interface Definition {
  readonly name: string;
  /** That of its options. Without one, that of the worker's code, which is made of its modules; here it is a hash of its text. */
  readonly version: string;
  /** What {@link define} notes of it. Without one, the version counts as given. */
  readonly origin?: DefinitionOrigin;
  /** In ms; 0 keeps no results. */
  readonly cacheTtlMs: number;
  /** In ms; 0 means no limit. */
  readonly timeoutMs: number;
  readonly needs: Needs;
  /** Of the list of arguments. */
  readonly input?: StandardSchema | undefined;
  /** Of the value. */
  readonly output?: StandardSchema | undefined;
  /** The function alone: `callDefinition` calls it with its schemas. */
  readonly evaluate: (...args: never[]) => unknown;
}

/** What {@link define} adds to a function: it can be called as before, and requests can name it. @public */
export interface Defined {
  readonly functionName: string;
  readonly definition: Definition;
}

/** A function with any parameters and any result. @public */
export type AnyFunction = (...args: never[]) => unknown;

/** A call of a function by name or by reference: `["divide", 1, 2]` or `[divide, 1, 2]`. Arguments are plain data. @public */
export type Request = readonly [target: string | (AnyFunction & Defined), ...args: unknown[]];

/** The value that a request resolves to: that of the reference, `unknown` for a name. @public */
export type ValueOf<R> = R extends readonly [infer Target, ...unknown[]]
  ? Target extends (...args: never[]) => infer Value
    ? Awaited<Value>
    : unknown
  : unknown;

/** The values of a list of requests, as a tuple where the list is one. @public */
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

/** What a function returns with these schemas: what its `output` takes, and anything without one. */
type Returned<O> = O extends StandardSchema ? SchemaInput<O> | PromiseLike<SchemaInput<O>> : unknown;

/** The value of a function with these schemas that returns `R`. */
type Given<O, R> = O extends StandardSchema ? SchemaOutput<O> : Awaited<R>;

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
 * With the option `input` or `output`, a schema of any library that implements Standard Schema, arguments and value are validated where
 * the function is evaluated, and their types are those of the schemas.
 *
 * @returns a reference: call it as before, or put it first in a request. Where there is a schema, a call of it returns a promise.
 * @throws GridError `INVALID_OPTION` for a bad name or option.
 * @example
 * ```ts
 * import { define } from "callgrid";
 * export const divide = define("divide", (x: number, y: number) => x / y);
 * ```
 * @public
 */
export function define<F extends AnyFunction>(name: string, evaluate: F): F & Defined;
export function define<F extends AnyFunction>(
  name: string,
  options: FunctionOptions & { readonly input?: undefined; readonly output?: undefined },
  evaluate: F,
): F & Defined;
export function define<const Args extends readonly unknown[], O extends StandardSchema>(
  name: string,
  options: FunctionOptions & { readonly input?: undefined; readonly output: O },
  evaluate: (...args: Args) => Returned<O>,
): ((...args: Args) => Promise<SchemaOutput<O>>) & Defined;
export function define<
  I extends ArgumentsSchema,
  R extends Returned<O>,
  O extends StandardSchema | undefined = undefined,
>(
  name: string,
  options: FunctionOptions & { readonly input: I; readonly output?: O },
  evaluate: (...args: SchemaOutput<I>) => R,
): ((...args: SchemaInput<I>) => Promise<Given<O, R>>) & Defined;
export function define(
  name: string,
  ...rest: [AnyFunction] | [FunctionOptions & FunctionSchemas, AnyFunction]
): AnyFunction & Defined {
  const [options, evaluate] = rest.length === 1 ? [undefined, rest[0]] : rest;
  checkName(name);
  if (typeof evaluate !== "function") {
    throw new GridError("INVALID_OPTION", `define("${name}", …) needs a function, got ${typeof evaluate}`);
  }
  const settings = resolveFunctionOptions(options, `define("${name}")`);
  const version = settings.version ?? textVersion(evaluate, settings);
  const origin = {
    isVersionGiven: settings.version !== undefined,
    sites: definitionSites(define),
    definedAt: Date.now(),
  };
  const definition: Definition = Object.freeze({ ...settings, origin, name, version, evaluate });
  allDefinitions().push(definition);
  const reference = (...args: never[]): unknown => callDefinition(definition, args);
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
    `define: invalid function name ${JSON.stringify(name)}: must start with a letter, followed by up to 127 letters, digits and . : / _ -`,
  );
}

/** What is bound, or behind a proxy, shows no text of its own, nor does a schema: each gets a version that no other has. */
function textVersion(evaluate: AnyFunction, { input, output }: FunctionSchemas): string {
  const text = evaluate.toString();
  const isAll = input === undefined && output === undefined && !/\{\s*\[native code\]\s*\}$/.test(text);
  return createHash("sha256")
    .update(isAll ? text : text + randomId())
    .digest("base64url")
    .slice(0, 10);
}
