import { isDeepStrictEqual } from "node:util";
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonValue, nested, reversedKeys, richValue } from "../../../../test/harness/value-samples.ts";
import { type GridError, isGridError } from "../errors/errors.ts";
import { canonicalForm, canonicalize } from "./canonical.ts";

function refusalOf(value: unknown): GridError {
  try {
    canonicalize(value, "args[0]");
  } catch (error) {
    if (isGridError(error)) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

class Point {
  x = 1;
}

describe("the canonical form of plain data", () => {
  it("is JSON with sorted keys", () => {
    const value = { b: [1, -2.5, 1e21, "é\n\u2028", null, true], a: { d: "", c: [] }, "": {}, A: [[], {}] };
    expect(canonicalForm(value, "args[0]")).toEqual({
      text: '{"":{},"A":[[],{}],"a":{"c":[],"d":""},"b":[1,-2.5,1e+21,"é\\n\u2028",null,true]}',
      isPlain: true,
    });
  });

  it("sorts many keys as it does few", () => {
    const keys = Array.from({ length: 100 }, (_, index) => `k${(index * 37) % 100}`);
    const value = Object.fromEntries(keys.map((key) => [key, 0]));
    expect(canonicalize(value, "v")).toBe(JSON.stringify(Object.fromEntries([...keys].sort().map((key) => [key, 0]))));
  });

  it("looks at every member of a long list", () => {
    const long = Array.from<unknown>({ length: 50 }).fill("a");
    expect(canonicalForm(long, "v")).toEqual({ text: JSON.stringify(long), isPlain: true });
    for (const odd of [long.with(49, -0), long.with(49, Number.NaN), long.with(49, 1n), long.with(49, undefined)]) {
      expect(canonicalForm(odd, "v").isPlain).toBe(false);
    }
    expect(canonicalize(long.with(49, { b: 1, a: 2 }), "v").endsWith(',{"a":2,"b":1}]')).toBe(true);
    expect(refusalOf(long.with(49, () => 1)).details["path"]).toBe("args[0][49]");
  });

  it("parses back to an equal value", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const { text, isPlain } = canonicalForm(value, "v");
        expect(isPlain).toBe(true);
        expect(isDeepStrictEqual(JSON.parse(text), value)).toBe(true);
      }),
    );
  });

  it("is equal exactly for values that are equal but for the order of keys", () => {
    fc.assert(
      fc.property(jsonValue, jsonValue, (one, other) => {
        expect(canonicalize(one, "v") === canonicalize(other, "v")).toBe(isDeepStrictEqual(one, other));
        expect(canonicalize(reversedKeys(one), "v")).toBe(canonicalize(one, "v"));
      }),
    );
  });

  it("escapes lone surrogates, so that UTF-8 loses nothing", () => {
    expect(canonicalize("\ud800", "v")).toBe('"\\ud800"');
  });

  it("takes objects without a prototype and of other realms for plain", () => {
    const bare: unknown = Object.assign(Object.create(null), { a: 1 });
    const foreign: unknown = runInContext("({ b: [1, { c: null }], a: 'x' })", createContext());
    expect(canonicalForm(bare, "v")).toEqual({ text: '{"a":1}', isPlain: true });
    expect(canonicalForm(foreign, "v")).toEqual({ text: '{"a":"x","b":[1,{"c":null}]}', isPlain: true });
  });

  it("writes a value that is shared each time it is met", () => {
    const shared = { a: 1 };
    expect(canonicalize([shared, shared], "v")).toBe('[{"a":1},{"a":1}]');
  });
});

describe("the canonical form of other data", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const mixedMap = new Map<unknown, unknown>([
    ["b", 1],
    [{ y: 1, x: 2 }, new Set([3, 2])],
  ]);
  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "-Infinity"],
    [-0, "Number(-0)"],
    [-5n, "-5n"],
    [new Date(5), "Date(5)"],
    [mixedMap, 'Map([["b",1],[{"x":2,"y":1},Set([3,2])]])'],
    [bytes, "Uint8Array(AQID)"],
    [Buffer.from(bytes), "Buffer(AQID)"],
    [bytes.subarray(1, 2), "Uint8Array(Ag==)"],
    [new Uint16Array([1]), "Uint16Array(AQA=)"],
    [new URL("http://a/b"), 'URL("http://a/b")'],
    [new TypeError("odd", { cause: 1 }), 'Error("TypeError",{"cause":1,"message":"odd"},{})'],
    [Object.assign(new Error(), { code: "E" }), 'Error("Error",{},{"code":"E"})'],
    [[undefined], "[undefined]"],
    [{ a: undefined }, '{"a":undefined}'],
  ])("of %o is a tag that JSON can't contain", (value, text) => {
    expect(canonicalForm(value, "v")).toEqual({ text, isPlain: false });
    expect(() => JSON.parse(text) as unknown).toThrow();
  });

  it("differs for Maps and for Sets in another insertion order", () => {
    expect(canonicalize(new Set([1, 2]), "v")).not.toBe(canonicalize(new Set([2, 1]), "v"));
    const entries: Array<[number, number]> = [
      [1, 1],
      [2, 2],
    ];
    expect(canonicalize(new Map(entries), "v")).not.toBe(canonicalize(new Map(entries.reverse()), "v"));
  });

  it("is JSON exactly if the value is plain", () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(richValue, (value) => {
        const { text, isPlain } = canonicalForm(value, "v");
        expect(isJson(text)).toBe(isPlain);
      }),
    );
  });

  it("is the same for objects of another realm", () => {
    const foreign: unknown = runInContext(
      "[new Date(1), new Map([[1, new Set([2])]]), new Uint8Array([1]), new RangeError('odd')]",
      createContext(),
    );
    const own = [new Date(1), new Map([[1, new Set([2])]]), new Uint8Array([1]), new RangeError("odd")];
    expect(canonicalize(foreign, "v")).toBe(canonicalize(own, "v"));
  });
});

describe("a refusal", () => {
  it("leaves no promise of the value to reject by itself, which would end the process", async () => {
    const rejected: unknown[] = [];
    const note = (reason: unknown) => rejected.push(reason);
    process.on("unhandledRejection", note);
    const calls = [1, 2, 3].map((call) => Promise.reject(new Error(`forgotten ${call}`)));
    expect(() =>
      canonicalize({ calls, more: new Map([["last", Promise.reject(new Error("forgotten"))]]) }, "value"),
    ).toThrow("value.calls[0] is a Promise: await it first");
    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", note);
    expect(rejected).toEqual([]);
  });

  const cycle: Record<string, unknown> = { rows: [1] };
  cycle["self"] = [cycle];
  const cause = new Error("odd");
  cause.cause = { cause };
  const badKey = new Map<unknown, number>([
    [1, 1],
    [{ f: () => 1 }, 2],
  ]);
  it.each<[name: string, value: unknown, path: string, problem: RegExp]>([
    ["a function", { rows: [0, 1, 2, { fn: () => 1 }] }, "args[0].rows[3].fn", /is a function/],
    ["a symbol", { "odd key": Symbol("s") }, 'args[0]["odd key"]', /is a symbol/],
    ["a symbol key", [{ [Symbol("s")]: 1 }], "args[0][0]", /has a symbol among its keys/],
    ["a class instance", { at: new Point() }, "args[0].at", /is an instance of Point/],
    ["an instance of a subclass", [new (class Rows extends Array {})()], "args[0][0]", /is an instance of Rows/],
    ["a RegExp", [/a/], "args[0][0]", /is a RegExp/],
    ["a Promise", [Promise.resolve()], "args[0][0]", /await it first/],
    ["a WeakMap", [new WeakMap()], "args[0][0]", /pass a Map/],
    ["an ArrayBuffer", [new ArrayBuffer(1)], "args[0][0]", /pass a Uint8Array/],
    ["a boxed number", [Object(1)], "args[0][0]", /is an instance of Number/],
    ["an invalid Date", { at: new Date(Number.NaN) }, "args[0].at", /is an invalid Date/],
    ["a cycle", cycle, "args[0].self[0]", /leads back to args\[0\]/],
    ["a cycle of causes", cause, "args[0].cause.cause", /leads back to args\[0\]/],
    ["a property __proto__", { a: JSON.parse('{"__proto__":{}}') as unknown }, "args[0].a", /"__proto__"/],
    ["a property constructor", { constructor: 1 }, "args[0]", /"constructor"/],
    ["a property prototype", [{ prototype: 1 }], "args[0][0]", /"prototype"/],
    ["a member of a Map", new Map([["k", { f: () => 1 }]]), 'args[0].get("k").f', /is a function/],
    ["a key of a Map", badKey, "args[0].keys[1].f", /is a function/],
    ["a member of a Set", new Set([1, () => 1]), "args[0][1]", /is a function/],
  ])("of %s names the path to it", (_name, value, path, problem) => {
    const error = refusalOf(value);
    expect(error.code).toBe("INVALID_VALUE");
    expect(error.details["path"]).toBe(path);
    expect(error.message.startsWith(`${path} `)).toBe(true);
    expect(error.message).toMatch(problem);
  });

  it.each(["array", "object", "map", "set", "cause"] as const)("meets any %s deeper than 1000 levels", (kind) => {
    expect(canonicalize(nested(kind, 1000), "v")).toBeTypeOf("string");
    for (const levels of [1001, 100_000]) {
      const error = refusalOf(nested(kind, levels));
      expect(error.code).toBe("INVALID_VALUE");
      expect(error.message).toMatch(/nests deeper than 1000 levels/);
    }
  });

  it("meets a cycle behind much data without walking the data again", () => {
    const value: Record<string, unknown> = { rows: Array.from({ length: 100_000 }, () => 1) };
    value["zelf"] = value;
    expect(refusalOf(value).details["path"]).toBe("args[0].zelf");
  });

  it("meets shared objects that would unfold without end", () => {
    let value: unknown[] = [1];
    for (let level = 0; level < 100; level++) value = [value, value];
    expect(() => canonicalForm(value, "v", 100_000)).toThrow(expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }));
  });

  it("meets a sparse array of four billion members", () => {
    const value: unknown[] = [];
    value.length = 4_294_967_295;
    expect(refusalOf({ rows: value })).toMatchObject({ code: "INVALID_VALUE", details: { path: "args[0].rows[0]" } });
  });
});
