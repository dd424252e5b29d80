/** The options of a function: declared once, and refused by their path where they cannot be meant. */
import { invalidOption } from "../errors/invalid-option.ts";
import { shown } from "../options/option-value.ts";
import { declareOptions, option, resolveOptions } from "../options/options.ts";
import type { CacheOptionsGiven, FunctionOptionsGiven } from "./function-options-given.ts";
import { checkedNeeds, type Needs, needNames } from "./needs.ts";
import { isStandardSchema, type StandardSchema } from "./standard-schema.ts";

const oneDayMs = 86_400_000;
const longestMs = 366 * oneDayMs;

/** The declared options of {@link define}; `cache` and `needs` are objects. */
export const functionOptions = declareOptions({
  version: option.string({
    optional: true,
    pattern: /^[\w.+-]{1,64}$/,
    expects: "1 to 64 letters, digits and . + _ -",
    description:
      "The version of the function; results of other versions are ignored; default: `--code-version` of the worker, else a hash of the function's module and all that it imports.",
  }),
  timeoutMs: option.number({
    unit: "ms",
    optional: true,
    min: 1,
    max: longestMs,
    fractions: true,
    description: "How long one evaluation may take, including the time that it waits for its calls; default: no limit.",
  }),
});

/** The declared options of a function's `cache`. */
export const cacheOptions = declareOptions({
  ttlMs: option.number({
    unit: "ms",
    min: 1,
    max: longestMs,
    fractions: true,
    description: "How long a result is kept, up to a year.",
  }),
});

/** The version, cache, time limit and needs of a function. @public */
export interface FunctionOptions extends FunctionOptionsGiven {
  /** How long results are kept; `false` keeps none. Default: one day. */
  readonly cache?: CacheOptionsGiven | false | undefined;
  /** What the function needs of a worker; a worker that lacks any of it does not evaluate the function. Default: nothing. */
  readonly needs?: Needs | undefined;
}

/** Schemas of a function, of any library that implements Standard Schema v1: zod 3.24, valibot 1, ArkType 2 or later, and others. @beta */
export interface FunctionSchemas {
  /** Of the list of arguments, such as `z.tuple([z.number()])`; the function gets its output. */
  readonly input?: StandardSchema | undefined;
  /** Of the value; the grid gets its output. */
  readonly output?: StandardSchema | undefined;
}

/** All options of a function, checked and complete; `version` is undefined where it is for the source to say. */
interface FunctionSettings extends FunctionSchemas {
  readonly version: string | undefined;
  readonly cacheTtlMs: number;
  readonly timeoutMs: number;
  readonly needs: Needs;
}

const optionObjects = ["cache", "cache.ttlMs", "needs", ...needNames.map((name) => `needs.${name}`), "input", "output"];

/** Throws `INVALID_OPTION` with the path, such as `define("f").cache.ttlMs`, where `where` is `define("f")`. */
export function resolveFunctionOptions(
  given: (FunctionOptions & FunctionSchemas) | undefined,
  where: string,
): FunctionSettings {
  const { version, timeoutMs } = resolveOptions(functionOptions, given, where, optionObjects);
  return {
    version,
    cacheTtlMs: cacheTtlMs(given?.cache, `${where}.cache`),
    timeoutMs: Math.ceil(timeoutMs ?? 0),
    needs: checkedNeeds(given?.needs, `${where}.needs`),
    ...checkedSchema("input", given?.input, where),
    ...checkedSchema("output", given?.output, where),
  };
}

function checkedSchema(name: keyof FunctionSchemas, schema: unknown, where: string): FunctionSchemas {
  if (schema === undefined) return {};
  if (isStandardSchema(schema)) return { [name]: schema };
  throw invalidOption(
    `${where}.${name}`,
    `must be a schema of a library that implements Standard Schema v1, got ${shown(schema)}`,
  );
}

function cacheTtlMs(cache: FunctionOptions["cache"], path: string): number {
  if (cache === undefined) return oneDayMs;
  if (cache === false) return 0;
  if (typeof cache === "object" && cache !== null) return Math.ceil(resolveOptions(cacheOptions, cache, path).ttlMs);
  throw invalidOption(path, `must be false or { ttlMs }, got ${shown(cache)}`);
}
