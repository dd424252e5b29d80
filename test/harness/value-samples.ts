/** Random and odd values for the tests of what can travel. */
import fc from "fast-check";

const forbidden = ["__proto__", "constructor", "prototype"];

/** Keys that text forms may trip over: separators, escapes, indices, names of methods. */
const key = fc
  .oneof(
    fc.string(),
    fc.constantFrom("", "0", "10", "9", "a.b", "a\\", "\\.", '"', "json", "meta", "toString", "length"),
  )
  .filter((text) => !forbidden.includes(text));

const jsonLeaf = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value)),
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.boolean(),
  fc.constant(null),
);

/** A value that JSON can carry, -0 excluded. */
export const jsonValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    jsonLeaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

const richLeaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(undefined, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.bigInt(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ maxLength: 8 }),
  fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  fc.float64Array({ maxLength: 3 }),
  fc.bigUint64Array({ maxLength: 3 }),
  fc.webUrl().map((text) => new URL(text)),
);

/** A value of any kind that can travel. */
export const richValue: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    jsonLeaf,
    richLeaf,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 3 }).map((members) => new Set(members)),
    fc.tuple(fc.constantFrom(Error, TypeError), fc.string(), tie("value"), tie("value")).map(makeError),
    fc.array(tie("value"), { maxLength: 3 }).map((errors) => new AggregateError(errors, "several")),
  ),
})).value;

function makeError([Class, message, cause, code]: [ErrorConstructor, string, unknown, unknown]): Error {
  const error = cause === undefined ? new Class(message) : new Class(message, { cause });
  return code === undefined ? error : Object.assign(error, { code });
}

/** The same plain value with the keys of every object in the opposite order. */
export function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, reversedKeys(member)] as const);
  return Object.fromEntries(entries.reverse());
}

const wrappers = {
  array: (inner: unknown) => [inner],
  object: (inner: unknown) => ({ inner }),
  map: (inner: unknown) => new Map([["inner", inner]]),
  set: (inner: unknown) => new Set([inner]),
  cause: (inner: unknown) => new Error("outer", { cause: inner }),
};

/** A value of so many levels of one kind, around the number 1. */
export function nested(kind: keyof typeof wrappers, levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = wrappers[kind](value);
  return value;
}
