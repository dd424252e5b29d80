/**
 * Copies a value that was found fit to travel into a tree of this realm's own objects.
 * SuperJSON recognises types with `instanceof` and would miss those of another realm; and it records shared references,
 * which would give equal requests different payloads. In a tree there are none: what was shared arrives as copies.
 */
import { kindOf } from "./value-kinds.ts";

/** A deep copy; with `sortsKeys`, properties are in the order of their names, as in the canonical form. */
export function portableCopy(value: unknown, sortsKeys: boolean): unknown {
  if (typeof value !== "object" || value === null) return value;
  const copyMember = (member: unknown): unknown => portableCopy(member, sortsKeys);
  switch (kindOf(value)) {
    case "array":
      return Array.from(value as unknown[], copyMember);
    case "plain":
      return copyPlain(value as Readonly<Record<string, unknown>>, sortsKeys);
    case "map":
      return new Map(
        Array.from(value as Map<unknown, unknown>, ([key, member]) => [copyMember(key), copyMember(member)]),
      );
    case "set":
      return new Set(Array.from(value as Set<unknown>, copyMember));
    case "date":
      return new Date((value as Date).getTime());
    case "error":
      return copyError(value as Error, sortsKeys);
    default:
      return value;
  }
}

function copyPlain(value: Readonly<Record<string, unknown>>, sortsKeys: boolean): unknown {
  const keys = Object.keys(value);
  if (sortsKeys) keys.sort();
  // Object.fromEntries defines properties and never assigns, so that no setter is met.
  return Object.fromEntries(keys.map((key) => [key, portableCopy(value[key], sortsKeys)]));
}

function copyError(error: Error, sortsKeys: boolean): Error {
  return portableError(String(error.name), String(error.message), portableCopy(error.cause, sortsKeys));
}

/** An error as it arrives: of class Error, with its name and message, and with them for a stack. */
export function portableError(name: string, message: string, cause: unknown): Error {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause });
  const hidden = { configurable: true, writable: true, enumerable: false };
  if (name !== "Error") Object.defineProperty(error, "name", { ...hidden, value: name });
  Object.defineProperty(error, "stack", { ...hidden, value: `${name}: ${message}` });
  return error;
}
