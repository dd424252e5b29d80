import { isDeepStrictEqual } from "node:util";
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { propertyRuns } from "../../../../test/harness/chance.ts";
import { jsonValue, nested, reversedKeys, richValue } from "../../../../test/harness/value-samples.ts";
import { isGridError } from "../errors/errors.ts";
import { canonicalize } from "../values/canonical.ts";
import { decodeRequest, defaultPayloadLimitBytes, encodeRequest, functionNameOf } from "./request.ts";

function reference(functionName: string): object {
  return Object.assign(() => 1, { functionName });
}

describe("a request of plain data", () => {
  it("has its canonical text as payload, which is JSON with sorted keys", () => {
    expect(encodeRequest(["grid:sum/v2", 1, 'a"b', { y: null, x: [true] }])).toEqual({
      functionName: "grid:sum/v2",
      canonical: '["grid:sum/v2",1,"a\\"b",{"x":[true],"y":null}]',
      payload: '["grid:sum/v2",1,"a\\"b",{"x":[true],"y":null}]',
    });
  });

  it("may have no arguments", () => {
    expect(encodeRequest(["f"]).payload).toBe('["f"]');
    expect(decodeRequest('["f"]')).toEqual(["f"]);
  });

  it("names its function by name or by reference", () => {
    expect(encodeRequest([reference("f"), 1])).toEqual(encodeRequest(["f", 1]));
  });

  it("comes back equal, whatever the order of keys was", () => {
    fc.assert(
      fc.property(fc.array(jsonValue, { maxLength: 4 }), (args) => {
        const { payload, functionName } = encodeRequest(["f", ...args]);
        expect(payload.startsWith("[")).toBe(true);
        expect(isDeepStrictEqual(decodeRequest(payload), ["f", ...args])).toBe(true);
        expect(functionNameOf(payload)).toBe(functionName);
        expect(encodeRequest(["f", ...args.map(reversedKeys)]).payload).toBe(payload);
      }),
    );
  });
});

describe("a request of other data", () => {
  it("has SuperJSON as payload and tags in its canonical text", () => {
    const { canonical, payload } = encodeRequest(["f", new Date(0), { b: 1n, a: -0 }]);
    expect(canonical).toBe('["f",Date(0),{"a":Number(-0),"b":1n}]');
    expect(JSON.parse(payload)).toEqual({
      json: ["f", "1970-01-01T00:00:00.000Z", { a: "-0", b: "1" }],
      meta: { values: { 1: ["Date"], "2.a": ["number"], "2.b": ["bigint"] }, v: 1 },
    });
  });

  it("comes back equal", () => {
    fc.assert(
      fc.property(fc.array(richValue, { maxLength: 4 }), (args) => {
        const { payload, canonical } = encodeRequest(["f", ...args]);
        const decoded = decodeRequest(payload);
        expect(encodeRequest(decoded)).toEqual({ functionName: "f", canonical, payload });
        expect(functionNameOf(payload)).toBe("f");
      }),
      { numRuns: propertyRuns(300) },
    );
  });

  it("has equal payloads for equal requests, shared parts or not", () => {
    const shared = { b: 1n, a: new Date(0) };
    const payload = encodeRequest(["f", shared, shared]).payload;
    expect(encodeRequest(["f", { a: new Date(0), b: 1n }, { b: 1n, a: new Date(0) }]).payload).toBe(payload);
    const [, one, other] = decodeRequest(payload);
    expect(one).toEqual(other);
    expect(one).not.toBe(other);
  });

  it("arrives as objects of this realm", () => {
    const foreign: unknown = runInContext("({ at: [new Map([[1, { when: new Date(1) }]])] })", createContext());
    expect(decodeRequest(encodeRequest(["f", foreign]).payload)).toStrictEqual([
      "f",
      { at: [new Map([[1, { when: new Date(1) }]])] },
    ]);
  });
});

describe("what is not a request", () => {
  it.each<[string, unknown]>([
    ["no list", { 0: "f" }],
    ["a string", "f"],
    ["undefined", undefined],
    ["an empty list", []],
    ["a number first", [1]],
    ["an empty name", [""]],
    ["a name that starts with a digit", ["1f"]],
    ["a name with a quote", ['f"']],
    ["a name with a line end", ["f\n"]],
    ["a name of 129 characters", ["f".repeat(129)]],
    ["a function without a name on the grid", [() => 1]],
    ["a reference with a bad name", [reference("a b")]],
    ["an inherited name", [Object.setPrototypeOf(() => 1, reference("f"))]],
  ])("is refused: %s", (_name, request) => {
    expect(() => encodeRequest(request)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });

  it.each<[unknown, string]>([
    [undefined, "got undefined"],
    [null, "got null"],
    [5, "got number 5"],
    [[undefined], "got undefined"],
  ])("is refused with the value: %j", (request, end) => {
    expect(() => encodeRequest(request)).toThrow(new RegExp(`, ${end}$`));
  });

  it("is not a name of 128 characters", () => {
    expect(encodeRequest(["f".repeat(128)]).functionName).toHaveLength(128);
  });
});

describe("an argument that can't travel", () => {
  it.each<[unknown[], string]>([
    [[() => 1], "args[0]"],
    [[1, { rows: [0, Symbol("s")] }], "args[1].rows[1]"],
    [[1, "a", nested("object", 100_000)], `args[2]${".inner".repeat(1000)}`],
  ])("is refused with its path", (args, path) => {
    expect(() => encodeRequest(["f", ...args])).toThrow(
      expect.objectContaining({ code: "INVALID_VALUE", details: { path } }),
    );
  });

  it("may be too deep for the rich form alone, and is never a stack overflow", () => {
    // whether this is too deep is up to the engine, whose frames are smaller once it has optimised them
    expect(codeOrPayload(["f", nested("map", 1000)])).toMatch(/^(INVALID_VALUE|\{"json":.*)$/s);
    expect(decodeRequest(encodeRequest(["f", nested("map", 100)]).payload)).toStrictEqual(["f", nested("map", 100)]);
  });
});

function codeOrPayload(request: unknown): string {
  try {
    return encodeRequest(request).payload;
  } catch (error) {
    return isGridError(error) ? error.code : String(error);
  }
}

describe("the limit of a payload", () => {
  it("counts bytes, not characters", () => {
    expect(encodeRequest(["f", "é"], 10).payload).toBe('["f","é"]');
    expect(() => encodeRequest(["f", "éé"], 10)).toThrow(
      expect.objectContaining({ code: "PAYLOAD_TOO_LARGE", details: { path: "args[0]", bytes: 12, limitBytes: 10 } }),
    );
  });

  it("names the largest argument", () => {
    expect(() => encodeRequest(["f", 1, "b".repeat(80), ["c".repeat(30)]], 100)).toThrow(
      expect.objectContaining({ details: { path: "args[1]", bytes: 125, limitBytes: 100 } }),
    );
  });

  it("names the part that is too large by itself", () => {
    const rows = Array.from({ length: 3_000_000 }, () => "12345");
    expect(() => encodeRequest(["f", 1, { name: "n", rows }])).toThrow(
      expect.objectContaining({
        code: "PAYLOAD_TOO_LARGE",
        message: expect.stringMatching(/limit is 16777216; the largest part is args\[1\]\.rows\. Pass a reference/),
      }),
    );
    expect(defaultPayloadLimitBytes).toBe(16 * 1024 * 1024);
  });

  it("holds for rich data too", () => {
    expect(() => encodeRequest(["f", 1n, new Uint8Array(100)], 150)).toThrow(
      expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }),
    );
  });
});

describe("a payload that no one wrote", () => {
  it.each([
    "",
    "[",
    "{}",
    "null",
    '"f"',
    "[]",
    "[1]",
    '["a b"]',
    '["f",{"__proto__":{"polluted":1}}]',
    '["f",{"\\u005f_proto__":{"polluted":1}}]',
    '["f",[[{"a":{"constructor":{"prototype":{"polluted":1}}}}]]]',
    '{"json":["f",{"__proto__":{"polluted":1}}],"meta":{"values":{},"v":1}}',
    '{"json":["f",{}],"meta":{"values":{"1.__proto__.polluted":["bigint"]},"v":1}}',
    '{"json":["f",{}],"meta":{"values":{"1.constructor.prototype.polluted":["undefined"]},"v":1}}',
    '{"json":["f",{}],"meta":{"referentialEqualities":{"1":["1.__proto__"]},"v":1}}',
    '{"json":["f",{}],"meta":{"values":{"1":[["class","Object"]]},"v":1}}',
    '{"json":["f",1],"meta":{"values":{"1":["map"]},"v":1}}',
    '{"json":["f","DataView:AA=="],"meta":{"values":{"1":[["custom","bytes"]]},"v":1}}',
    '{"json":["f",{"class":"Map","hidden":{},"shown":{}}],"meta":{"values":{"1":[["custom","error"]]},"v":1}}',
    `{"json":["f",${"[".repeat(100_000)}${"]".repeat(100_000)}],"meta":5}`,
  ])("is refused: %s", (payload) => {
    expect(() => decodeRequest(payload)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
  });

  it.each(["", "[]", '["', '["a b"]', '{"json":[1]}', "null"])("has no function name: %s", (payload) => {
    expect(() => functionNameOf(payload)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });

  it("may speak of constructors in texts", () => {
    const request = ["f", { text: "constructor \u0001 prototype __proto__" }];
    expect(decodeRequest(encodeRequest(request).payload)).toEqual(request);
  });
});

it("refuses in canonicalize what it refuses in a request", () => {
  expect(() => canonicalize(() => 1, "args[0]")).toThrow(expect.objectContaining({ code: "INVALID_VALUE" }));
});
