/**
 * Errors taken apart and put together: what travels of one is its class and its properties, each enumerable or not as it was.
 * A stack belongs to the process that it was made in; what arrives has the name and the message in its place.
 */
import { errorMakers, kindOf } from "./value-kinds.ts";

/** What travels of an error. */
export interface ErrorParts {
  readonly class: string;
  /** Properties that are not enumerable: `message`, `cause`, `errors`, `name`, those that there are. */
  readonly hidden: Readonly<Record<string, unknown>>;
  /** Properties that are enumerable, such as `code`. */
  readonly shown: Readonly<Record<string, unknown>>;
}

const mayBeHidden: readonly PropertyKey[] = ["message", "cause", "errors", "name"];

/** The keys of an error that travel; undefined where others are hidden, so that they would be lost. */
export function errorKeys(error: Error): { readonly hidden: string[]; readonly shown: string[] } | undefined {
  const shown = Object.keys(error).filter((key) => key !== "stack");
  const hidden = Reflect.ownKeys(error).filter((key) => key !== "stack" && !shown.includes(key as string));
  return hidden.every((key) => mayBeHidden.includes(key)) ? { hidden: hidden as string[], shown } : undefined;
}

/** The parts of an error that {@link portableError} made. */
export function errorParts(error: Error): ErrorParts {
  const { hidden = [], shown = [] } = errorKeys(error) ?? {};
  const take = (keys: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(keys.map((key) => [key, Reflect.get(error, key)]));
  return { class: kindOf(error).className, hidden: take(hidden), shown: take(shown) };
}

/** Throws for a class that is not a built-in one. */
export function portableError(parts: ErrorParts): Error {
  const error = errorMakers.get(parts.class)?.();
  if (error === undefined) throw new Error("the class of an error is unknown");
  Reflect.deleteProperty(error, "errors");
  define(error, parts.hidden, false);
  define(error, parts.shown, true);
  const { name, message }: { name: unknown; message: unknown } = error;
  define(
    error,
    { stack: typeof message === "string" ? `${textOr(parts.class, name)}: ${message}` : parts.class },
    false,
  );
  return error;
}

function textOr(fallback: string, text: unknown): string {
  return typeof text === "string" ? text : fallback;
}

function define(error: Error, properties: Readonly<Record<string, unknown>>, enumerable: boolean): void {
  for (const [key, value] of Object.entries(properties))
    Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true });
}
