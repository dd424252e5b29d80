/** A function as a batch names it, and where it is looked for in this process. */
import { type AnyFunction, type Defined, type Definition, invalidOption, isDefined } from "@callgrid/core";
import { definitionInProcess, isVersionInProcess } from "@callgrid/worker";

/** A defined function, by its name or as the reference that `define` returned. */
export type FunctionName<F extends AnyFunction = AnyFunction> = string | (F & Defined);

/** A function with its version in the pool, under which results are cached. */
export interface NamedFunction {
  readonly name: string;
  readonly version: string;
  /** Raised by forgetting all results of the function, so that chunks of before are not asked for any more. */
  readonly generation: number;
}

/** The function in this process, if it was defined here at that version. */
export async function definitionOf({
  name,
  version,
}: Pick<NamedFunction, "name" | "version">): Promise<Definition | undefined> {
  return (await isVersionInProcess(name, version)) ? definitionInProcess(name) : undefined;
}

/** The name of a function; throws `INVALID_OPTION` under `path` for what is neither a name nor a reference. */
export function functionNameOf(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  if (isDefined(value)) return value.functionName;
  const remedy = typeof value === "function" ? "; make it known: define(name, function)" : "";
  throw invalidOption(path, `must be a defined function or its name${remedy}`);
}

/** Whether it says of itself that it waits. One that returns a promise without saying so is found out by calling it. */
export function isAsync({ evaluate }: Definition): boolean {
  return Object.prototype.toString.call(evaluate) === "[object AsyncFunction]";
}
