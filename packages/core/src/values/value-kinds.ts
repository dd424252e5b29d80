/**
 * Determines what kind of value an object is, also when it comes from another realm (`node:vm`, a test runner's sandbox).
 * The prototype has to be that of the built-in class itself, and the object has to have what only that class gives: so neither a
 * subclass nor a lying constructor or `Symbol.toStringTag` passes for a kind that travels.
 */
import { types } from "node:util";

/** What can travel, and "other" for what can't. */
export type ValueKind = "plain" | "array" | "date" | "map" | "set" | "bytes" | "url" | "error" | "other";

/** An object's kind, and the built-in class that it is an instance of. */
export interface KindOfValue {
  readonly kind: ValueKind;
  readonly className: string;
}

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
const errors = [Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, AggregateError];

type TypedArrayClass = new (
  from: ArrayBufferLike | NodeJS.TypedArray,
  byteOffset?: number,
  length?: number,
) => NodeJS.TypedArray;

/** The typed arrays that travel, by name. */
export const typedArrayClasses: ReadonlyMap<string, TypedArrayClass> = new Map(
  typedArrays.map((typedArray) => [typedArray.name, typedArray as unknown as TypedArrayClass]),
);

/** Makes an empty error of a class, by the name of the class. */
export const errorMakers: ReadonlyMap<string, () => Error> = new Map(
  errors.map((error) => [
    error.name,
    () => (error === AggregateError ? new AggregateError([]) : new (error as typeof Error)()),
  ]),
);

const kindsByClass: ReadonlyMap<string, ValueKind> = new Map<string, ValueKind>([
  ["Object", "plain"],
  ["Array", "array"],
  ["Date", "date"],
  ["Map", "map"],
  ["Set", "set"],
  ["URL", "url"],
  ["Buffer", "bytes"],
  ...typedArrays.map(({ name }) => [name, "bytes"] as const),
  ...errors.map(({ name }) => [name, "error"] as const),
]);

const ownClasses = [Object, Array, Date, Map, Set, URL, Buffer, ...typedArrays, ...errors];
const ownPrototypes: ReadonlyMap<unknown, string> = new Map(ownClasses.map(({ prototype, name }) => [prototype, name]));

const isOfKind: Readonly<Record<ValueKind, (value: object, className: string) => boolean>> = {
  plain: () => true,
  array: Array.isArray,
  date: types.isDate,
  map: types.isMap,
  set: types.isSet,
  url: (value) => value instanceof URL,
  bytes: (value, className) =>
    types.isTypedArray(value) && (className === "Buffer" || value[Symbol.toStringTag] === className),
  error: types.isNativeError,
  other: () => false,
};

const others: KindOfValue = { kind: "other", className: "" };
const plain: KindOfValue = { kind: "plain", className: "Object" };
const array: KindOfValue = { kind: "array", className: "Array" };

/** The kind of an object. A subclass of a built-in class is "other": its methods and fields would be lost. */
export function kindOf(value: object): KindOfValue {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return plain;
  if (prototype === Array.prototype && Array.isArray(value)) return array;
  const className = ownPrototypes.get(prototype) ?? foreignClassName(prototype as object);
  const kind = className === undefined ? undefined : kindsByClass.get(className);
  if (className === undefined || kind === undefined || !isOfKind[kind](value, className)) return others;
  return { kind, className };
}

/** The name of a built-in class of another realm whose prototype this is. */
function foreignClassName(prototype: object): string | undefined {
  const maker: unknown = Object.hasOwn(prototype, "constructor") ? Reflect.get(prototype, "constructor") : undefined;
  if (typeof maker !== "function" || maker.prototype !== prototype) return undefined;
  return /\[native code\]\s*\}$/.test(Function.prototype.toString.call(maker)) ? maker.name : undefined;
}

const slotChecks: ReadonlyArray<(value: unknown) => boolean> = [
  types.isMap,
  types.isSet,
  types.isDate,
  types.isPromise,
  types.isBoxedPrimitive,
  types.isArrayBufferView,
  types.isAnyArrayBuffer,
  types.isWeakMap,
  types.isWeakSet,
  types.isGeneratorObject,
];

/** Whether an object of another kind was given the prototype of a plain one: what it holds is in none of its properties. */
export function isDisguised(value: object): boolean {
  return slotChecks.some((hasSlots) => hasSlots(value));
}

/** The name of the class an object is an instance of; what its `toString` calls it where the class has no name. */
export function classNameOf(value: object): string {
  const maker: unknown = (Object.getPrototypeOf(value) as { constructor?: unknown } | null)?.constructor;
  if (typeof maker === "function" && typeof maker.name === "string" && maker.name !== "") return maker.name;
  return Object.prototype.toString.call(value).slice(8, -1);
}
