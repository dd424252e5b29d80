import { isDeepStrictEqual } from "node:util";
import { createContext, runInContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { isGridError } from "../errors/errors.ts";
import { decodeRequest, encodeRequest } from "../requests/request.ts";
import { canonicalForm } from "./canonical.ts";
import { decodeValue, encodeValue } from "./codec.ts";

const realm = createContext();
const foreign = (source: string): unknown => runInContext(source, realm);

/** What arrives where a function takes the value, and where one returns it. */
function arrivals(value: unknown): unknown[] {
  return [decodeRequest(encodeRequest(["f", value]).payload)[1], decodeValue(encodeValue(value))];
}

function hidden<Value extends object>(value: Value, key: PropertyKey, content: unknown = 1): Value {
  return Object.defineProperty(value, key, { value: content, enumerable: false });
}

function holed(values: unknown[], index: number): unknown[] {
  delete values[index];
  return values;
}

/** The types of Node 20 do not know of memory that can be resized; Node 20 does. */
function growing(bytes: number): ArrayBuffer & { resize(bytes: number): void } {
  return Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: 16 }]) as ArrayBuffer & {
    resize(bytes: number): void;
  };
}

function named<Class>(name: string, target: Class): Class {
  return Object.defineProperty(target, "name", { value: name });
}

class Money extends Number {}
class Rows extends Array {}
class Registry extends Map {}
class Moment extends Date {}
class Bytes extends Uint8Array {}
class Refusal extends Error {
  get status() {
    return 400;
  }
}

const long = Array.from({ length: 1_000 }, (_, index) => index);
const shrunk = growing(8);
const outside = new Uint8Array(shrunk, 4, 4);
shrunk.resize(2);
const given = new Float64Array(3);
structuredClone(given.buffer, { transfer: [given.buffer] });
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const unreadable = new Proxy({ a: 1 }, { ownKeys: () => ["b"] });

describe("a value that holds what its kind carries", () => {
  it.each<[string, unknown]>([
    ["lone surrogates", ["\ud800", { "\udfff": "a\udc00b" }]],
    ["odd numbers", [-0, Number.NaN, Number.POSITIVE_INFINITY, 5e-324, 2 ** 53, 0n, -(2n ** 70n)]],
    ["undefined where it was put", [undefined, { a: undefined }]],
    ["keys that objects inherit", { toString: 1, hasOwnProperty: 2, valueOf: 3, length: 4, toJSON: 5 }],
    ["frozen objects", Object.freeze({ a: Object.freeze([1]) })],
    ["dates", [new Date(0), new Date(8.64e15)]],
    ["Maps and Sets", new Map<unknown, unknown>([[new Set([1, [2]]), new Map([[undefined, Number.NaN]])]])],
    [
      "typed arrays",
      [new Uint8Array([1, 2]).subarray(1), new Float64Array([-0, Number.NaN]), new BigInt64Array([-1n])],
    ],
    ["long ones", [long, Uint16Array.from(long), Buffer.from(long)]],
    ["views of memory that can grow", new Uint8Array(growing(2))],
    ["views of shared memory", new Uint8Array(new SharedArrayBuffer(2))],
    ["Buffers", [Buffer.from("é"), Buffer.alloc(0)]],
    ["URLs", new URL("https://a.example/?q=1#é")],
    ["errors", [new Error("e"), new TypeError("t", { cause: { why: new Error() } }), new SyntaxError("s")]],
    ["fields of errors", Object.assign(new RangeError("r"), { code: "E", at: new Date(0), message: "other" })],
    ["a name that an error was given", hidden(new Error("e"), "name", "Odd")],
    ["several errors in one", new AggregateError([new Error("a"), "b"], "both")],
  ])("arrives equal: %s", (_, value) => {
    for (const arrived of arrivals(value)) {
      expect(isDeepStrictEqual(arrived, value)).toBe(true);
      expect(canonicalForm(arrived, "v")).toEqual(canonicalForm(value, "v"));
    }
  });

  it.each<[string, unknown, unknown]>([
    [
      "of another realm",
      foreign("[new Map([[1, [new TypeError('t')]]]), new Uint8Array(2), { a: new Date(1) }]"),
      [new Map([[1, [new TypeError("t")]]]), new Uint8Array(2), { a: new Date(1) }],
    ],
    ["that is long and of another realm", foreign("Array(1000).fill(7)"), Array(1_000).fill(7)],
    ["without a prototype", Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    [
      "with getters",
      {
        get a() {
          return [1n];
        },
      },
      { a: [1n] },
    ],
    ["behind a proxy", new Proxy({ a: new Proxy([1, 2], {}) }, {}), { a: [1, 2] }],
  ])("arrives as plain data of this realm: one %s", (_, value, expected) => {
    for (const arrived of arrivals(value)) expect(arrived).toStrictEqual(expected);
  });
});

describe("a value that holds more than its kind carries, or can't be read", () => {
  it.each<[string, unknown, string?]>([
    ["a hole", holed([1, 2, 3], 1), "[1]"],
    ["a hole at the end of a long array", Object.assign([...long], { length: 1_001 }), "[1000]"],
    ["an array with a total", Object.assign([1, 2], { total: 3 })],
    ["a match of a regular expression", /a(b)/.exec("ab")],
    ["a long array with a total", Object.assign([...long], { total: 3 })],
    ["an array with a symbol", Object.assign([1], { [Symbol("s")]: 1 })],
    ["an array with a hidden property", hidden([1], "raw")],
    ["a long array with a hidden property", hidden([...long], "raw")],
    ["a long array with a hidden symbol", hidden([...long], Symbol("s"))],
    ["an object with a symbol", { [Symbol("s")]: 1 }],
    ["an object with a hidden property", hidden({ a: 1 }, "b")],
    ["arguments", foreign("(function () { return arguments; })(1)")],
    ["a Date with a zone", Object.assign(new Date(0), { zone: "CET" })],
    ["a Map with a name", Object.assign(new Map([[1, 2]]), { name: "m" })],
    ["a Set with a hidden property", hidden(new Set([1]), "name")],
    ["a URL with a field", Object.assign(new URL("http://a"), { seen: true })],
    ["a typed array with a field", Object.assign(new Uint8Array(2), { unit: "m" })],
    ["a long typed array with a field", Object.assign(new Uint8Array(1_000), { unit: "m" })],
    ["a long Buffer with a hidden field", hidden(Buffer.alloc(1_000), "unit")],
    ["an error with a symbol", Object.assign(new Error("e"), { [Symbol("s")]: 1 })],
    ["an error with a hidden field", hidden(new Error("e"), "secret")],
    ["an error of a class of its own", new Refusal("no")],
    ["an exception of the web", new DOMException("no", "AbortError")],
    ["what merely inherits from Error", Object.create(Error.prototype)],
    ["a subclass of an array", Rows.from([1])],
    ["a subclass of a Map", new Registry()],
    ["a subclass of a Date", new Moment()],
    ["a subclass of a typed array", new Bytes(1)],
    ["a subclass that has the name of its base", new (named("Map", class extends Map {}))()],
    ["a boxed number", new Money(1)],
    ["a boxed string", Object("a")],
    ["a Map that poses as a plain object", Object.setPrototypeOf(new Map([[1, 2]]), Object.prototype)],
    ["a Date that poses as an object without a prototype", Object.setPrototypeOf(new Date(), null)],
    ["an invalid Date", new Date(Number.NaN)],
    ["a regular expression", /a/g],
    ["memory", new ArrayBuffer(1)],
    ["shared memory", new SharedArrayBuffer(1)],
    ["a DataView", new DataView(new ArrayBuffer(1))],
    ["a WeakRef", new WeakRef({})],
    ["a view whose memory was given away", given],
    ["a view whose memory has shrunk", outside],
    ["a revoked proxy", revoked.proxy],
    ["a proxy that contradicts itself", unreadable],
    [
      "a getter that throws",
      {
        get a() {
          throw new Error("not loaded");
        },
      },
      ".a",
    ],
    [
      "a getter that throws a refusal of the grid",
      {
        get a() {
          return encodeValue(() => 1);
        },
      },
      ".a",
    ],
    [
      "a getter that throws something unreadable",
      {
        get a() {
          throw revoked.proxy;
        },
      },
      ".a",
    ],
    [
      "an element that throws",
      Object.defineProperty([1, 2], 1, {
        get() {
          throw new Error("no");
        },
      }),
      "[1]",
    ],
    ["a method toJSON", { toJSON: () => 1 }, ".toJSON"],
  ])("is refused with its path: %s", (_, value, path = "") => {
    for (const take of [() => encodeRequest(["f", 1, { a: [value] }]), () => encodeValue({ a: [value] })]) {
      const refusal = refusalOf(take);
      const where = take.toString().includes("Request") ? "args[1].a[0]" : "result.a[0]";
      expect(refusal).toEqual({ code: "INVALID_VALUE", path: `${where}${path}` });
    }
  });

  it("is an object that makes another one whenever it is read", () => {
    const path = `result${".next".repeat(1_000)}`;
    expect(refusalOf(() => encodeValue(endless()))).toEqual({ code: "INVALID_VALUE", path });
  });

  it("is a hole among the arguments too", () => {
    expect(refusalOf(() => encodeRequest(holed(["f", 0, 1], 1)))).toEqual({ code: "INVALID_VALUE", path: "args[0]" });
  });

  it("is a request that can't be read", () => {
    for (const request of [
      revoked.proxy,
      [revoked.proxy],
      Object.defineProperty([""], 0, {
        get: () => {
          throw 1;
        },
      }),
    ])
      expect(() => encodeRequest(request)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });
});

describe("a value is read once", () => {
  const counting = (rest: object): { readonly number: number } => {
    let reads = 0;
    return {
      ...rest,
      get number() {
        return ++reads;
      },
    } as { readonly number: number };
  };

  it.each([{}, { at: new Date(0) }])("for the id and for what travels: with %o", (rest) => {
    const { canonical, payload } = encodeRequest(["f", counting(rest)]);
    expect(encodeRequest(decodeRequest(payload))).toEqual(encodeRequest(["f", { ...rest, number: 1 }]));
    expect(canonical).toBe(encodeRequest(["f", { ...rest, number: 1 }]).canonical);
    expect(decodeValue(encodeValue(counting(rest)))).toEqual({ ...rest, number: 1 });
  });

  it("where it is a request that changes", () => {
    let reads = 0;
    const request = Object.defineProperty(["f", 0], 1, { get: () => ++reads });
    expect(encodeRequest(request)).toEqual(encodeRequest(["f", 1]));
  });

  it("where it is too large, and its largest part is named", () => {
    let reads = 0;
    const request = [
      "f",
      {
        get text() {
          reads += 1;
          return "x".repeat(90);
        },
      },
    ];
    expect(() => encodeRequest(request, 100)).toThrow(expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }));
    expect(reads).toBe(1);
  });
});

function endless(): object {
  return {
    get next() {
      return endless();
    },
  };
}

function refusalOf(take: () => unknown): { readonly code: string; readonly path: unknown } {
  try {
    take();
  } catch (error) {
    if (isGridError(error)) return { code: error.code, path: error.details["path"] };
    throw error;
  }
  return { code: "nothing was refused", path: undefined };
}
