/**
 * Tells what kind of value an object is, also when it comes from another realm (`node:vm`, a test runner's sandbox).
 * Internal slots decide where a kind has them, so a lying constructor or `Symbol.toStringTag` changes nothing.
 */
import { types } from "node:util";

/** What can travel, and "other" for what can't. */
export type ValueKind = "plain" | "array" | "date" | "map" | "set" | "bytes" | "url" | "error" | "other";

const typedArrays = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The typed arrays that travel, by the name that their intrinsic getter gives: a Buffer is a Uint8Array. */
export const typedArrayClasses: ReadonlyMap<string, new (buffer: ArrayBuffer) => NodeJS.TypedArray> = new Map(
  typedArrays.map((typedArray) => [typedArray.name, typedArray]),
);

/** The kind of an object. A subclass of an array, Map, Set, Date or URL is "other": its methods and fields would be lost. */
export function kindOf(value: object): ValueKind {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return "plain";
  if (prototype === Array.prototype) return Array.isArray(value) ? "array" : "other";
  if (types.isNativeError(value) || value instanceof Error) return "error";
  const name = classNameOf(value);
  if (isForeignPlain(prototype as object, name)) return "plain";
  if (ArrayBuffer.isView(value)) return name === "Buffer" || typedArrayClasses.has(name) ? "bytes" : "other";
  return builtInKind(value, name);
}

function builtInKind(value: object, name: string): ValueKind {
  if (name === "Array" && Array.isArray(value)) return "array";
  if (name === "Date" && types.isDate(value)) return "date";
  if (name === "Map" && types.isMap(value)) return "map";
  if (name === "Set" && types.isSet(value)) return "set";
  if (name === "URL" && value instanceof URL) return "url";
  return "other";
}

/** Another realm's Object.prototype: the end of its chain, and the home of `isPrototypeOf`. */
function isForeignPlain(prototype: object, name: string): boolean {
  return name === "Object" && Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

/** The name of the class an object is an instance of; what its `toString` calls it where the class has no name. */
export function classNameOf(value: object): string {
  const maker: unknown = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  if (typeof maker === "function" && maker.name !== "") return maker.name;
  return Object.prototype.toString.call(value).slice(8, -1);
}
