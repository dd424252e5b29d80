/**
 * The errors for values that can't travel. Each names the path to the value, says why, and what to hand in instead.
 */
import { types } from "node:util";
import { GridError } from "../errors/errors.ts";
import { classNameOf } from "./value-kinds.ts";

/** The size of a value that is too large, as far as it was measured. */
export interface ExcessSize {
  /** The largest part. */
  readonly path: string;
  readonly bytes: number;
  readonly limitBytes: number;
  /** Whether counting stopped at `bytes`. */
  readonly isAtLeast: boolean;
}

/** An `INVALID_VALUE` error with `details.path`. */
export function invalidValue(path: string, problem: string, cause?: unknown): GridError {
  return new GridError("INVALID_VALUE", `${path} ${problem}`, { details: { path }, cause });
}

/** An `INVALID_REQUEST` error. */
export function invalidRequest(message: string, cause?: unknown): GridError {
  return new GridError("INVALID_REQUEST", message, { cause });
}

/** For what is neither data nor one of the kinds of object that travel. */
export function refusedValue(path: string, value: unknown): GridError {
  if (typeof value === "function") {
    return invalidValue(path, "is a function, which can't travel: define() it, and pass its name or the data it needs");
  }
  if (typeof value === "symbol") return invalidValue(path, "is a symbol, which can't travel: pass a string");
  return refusedObject(path, value as object);
}

const remedies: Readonly<Record<string, string>> = {
  Promise: "a Promise: await it first",
  RegExp: "a RegExp: pass its source and flags as strings",
  Date: "an invalid Date: pass a valid one, or null",
  WeakMap: "a WeakMap: pass a Map",
  WeakSet: "a WeakSet: pass a Set",
  WeakRef: "a WeakRef: pass what it refers to",
  ArrayBuffer: "an ArrayBuffer: pass a Uint8Array of it",
  SharedArrayBuffer: "a SharedArrayBuffer: pass a Uint8Array of it",
  DataView: "a DataView: pass a Uint8Array of its bytes",
  RequestError: "a RequestError: pass its tree",
};

function refusedObject(path: string, value: object): GridError {
  const name = classNameOf(value);
  const remedy = Object.hasOwn(remedies, name) ? remedies[name] : undefined;
  if (remedy !== undefined) return invalidValue(path, `is ${remedy}`);
  if (types.isNativeError(value)) {
    return invalidValue(
      path,
      `is an error of class ${name}, which can't travel: pass what it says, such as new Error(message, { cause })`,
    );
  }
  return invalidValue(
    path,
    `is an instance of ${name}, whose methods can't travel: pass a plain object with its data, such as { ...value }`,
  );
}

/** For a property name that would change a prototype where it arrives. */
export function refusedKey(path: string, key: string): GridError {
  return invalidValue(path, `has a property named "${key}", which could change prototypes where it arrives: rename it`);
}

/** For a `PAYLOAD_TOO_LARGE` error with `details` of {@link ExcessSize}. */
export function tooLarge(what: string, size: ExcessSize): GridError {
  const { path, bytes, limitBytes, isAtLeast } = size;
  return new GridError(
    "PAYLOAD_TOO_LARGE",
    `${what} takes ${isAtLeast ? "at least " : ""}${bytes} bytes, the limit is ${limitBytes}; the largest part is ${path}. ` +
      "Pass a reference to where the data lies, such as a file and a range of it, and read it where it is needed",
    { details: { path, bytes, limitBytes } },
  );
}
