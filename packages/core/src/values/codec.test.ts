import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../../test/harness/chance.ts";
import { jsonValue, nested, richValue } from "../../../../test/harness/value-samples.ts";
import { canonicalize } from "./canonical.ts";
import { decodeValue, encodeValue } from "./codec.ts";

describe("a value as text", () => {
  it.each<[unknown, string]>([
    [undefined, "="],
    [null, "=null"],
    [1.5, "=1.5"],
    ['é"', '="é\\""'],
    [{ b: 1, a: [{}] }, '={"b":1,"a":[{}]}'],
    [-0, '~{"json":"-0","meta":{"values":["number"],"v":1}}'],
    [[undefined], '~{"json":[null],"meta":{"values":{"0":["undefined"]},"v":1}}'],
    [Buffer.from([1]), '~{"json":"Buffer:AQ==","meta":{"values":[["custom","bytes"]],"v":1}}'],
  ])("of %o", (value, text) => {
    expect(encodeValue(value)).toBe(text);
  });

  it("comes back equal if it is plain, keys in their order", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        const text = encodeValue(value);
        expect(text.startsWith("=")).toBe(true);
        expect(JSON.stringify(decodeValue(text))).toBe(JSON.stringify(value));
        expect(isDeepStrictEqual(decodeValue(text), value)).toBe(true);
      }),
    );
  });

  it("comes back equal if it is rich", () => {
    fc.assert(
      fc.property(richValue, (value) => {
        const decoded = decodeValue(encodeValue(value));
        expect(canonicalize(decoded, "v")).toBe(canonicalize(value, "v"));
        expect(encodeValue(decoded)).toBe(encodeValue(value));
      }),
      { numRuns: propertyRuns(500) },
    );
  });

  it.each<unknown>([
    -0,
    Number.NaN,
    Number.NEGATIVE_INFINITY,
    12345678901234567890n,
    { a: undefined, b: [undefined] },
    new Date(-1),
    new Map<unknown, unknown>([[new Date(1), new Map([[Number.NaN, 1n]])]]),
    new Set([[1n], undefined]),
    new Float64Array([Number.NaN, -0, 1.5]),
    new BigInt64Array([-1n]),
    { "a.b": 1n, "a\\": { ".": undefined }, "": [1n] },
    new URL("https://a.example/?q=1"),
  ])("keeps %o", (value) => {
    expect(decodeValue(encodeValue(value))).toStrictEqual(value);
  });

  it("brings a Buffer back as a Buffer that owns its bytes", () => {
    const decoded = decodeValue(encodeValue(Buffer.from("abc"))) as Buffer;
    expect(decoded).toStrictEqual(Buffer.from("abc"));
    expect(decoded.buffer.byteLength).toBe(3);
  });

  it("brings an error back with class, name, message and cause, and without the stack of another process", () => {
    const decoded = decodeValue(encodeValue(new RangeError("odd", { cause: new Error("why") }))) as Error;
    expect(decoded).toBeInstanceOf(RangeError);
    expect([decoded.name, decoded.message, decoded.stack]).toEqual(["RangeError", "odd", "RangeError: odd"]);
    expect(decoded.cause).toBeInstanceOf(Error);
    expect(Object.keys(decoded)).toEqual([]);
    expect("cause" in (decoded.cause as Error)).toBe(false);
  });
});

describe("a value that can't travel", () => {
  it("is refused with its path", () => {
    expect(() => encodeValue({ a: [() => 1] })).toThrow(
      expect.objectContaining({ code: "INVALID_VALUE", details: { path: "result.a[0]" } }),
    );
    expect(() => encodeValue(/a/, "progress")).toThrow(expect.objectContaining({ details: { path: "progress" } }));
  });

  it.each(["array", "map", "cause"] as const)("is one of 100,000 levels: %s", (kind) => {
    expect(() => encodeValue(nested(kind, 100_000))).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
  });

  it("comes back from 1000 levels", () => {
    expect(encodeValue(decodeValue(encodeValue(nested("object", 1000))))).toBe(encodeValue(nested("object", 1000)));
  });

  it("is refused beyond the limit", () => {
    expect(() => encodeValue("ab".repeat(50), "result", 100)).toThrow(
      expect.objectContaining({ code: "PAYLOAD_TOO_LARGE", details: { path: "result", bytes: 103, limitBytes: 100 } }),
    );
    expect(() => encodeValue({ rows: "a".repeat(20_000_000) })).toThrow(
      expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }),
    );
  });
});

describe("text that is not a value", () => {
  it.each([
    "",
    "1",
    "=[",
    "~",
    "~1",
    "~null",
    "~[]",
    '~{"json":1}',
    '={"__proto__":{"polluted":1}}',
    '={"a":[{"constructor":{"prototype":{"polluted":1}}}]}',
    '={"a":{"\\u005f\\u005fproto__":{"polluted":1}}}',
    '~{"json":{"__proto__":{"polluted":1}},"meta":{}}',
    '~{"json":{},"meta":{"values":{"__proto__.polluted":["bigint"]},"v":1}}',
    '~{"json":{},"meta":{"values":{"constructor.prototype.polluted":["undefined"]},"v":1}}',
    '~{"json":{"a":1},"meta":{"referentialEqualities":{"a":["__proto__.polluted"]},"v":1}}',
    '~{"json":"x","meta":{"values":["nonsense"],"v":1}}',
    '~{"json":"x","meta":{"values":["bigint"],"v":1}}',
  ])("is refused: %s", (text) => {
    expect(() => decodeValue(text)).toThrow(expect.objectContaining({ code: "INVALID_RESULT_TEXT" }));
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });
});
