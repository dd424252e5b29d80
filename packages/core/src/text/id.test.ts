import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonValue, reversedKeys, richValue } from "../../../../test/harness/value-samples.ts";
import { encodeRequest, isPayloadOf } from "../requests/request.ts";
import { isIdOf, ownId, randomId, requestId } from "./id.ts";

const form = /^[\w-]{22}$/;

it("is the beginning of the SHA-256 of the UTF-8 text", () => {
  const canonical = '["f","é😀"]';
  const digest = createHash("sha256").update(Buffer.from(canonical, "utf8")).digest("base64url");
  expect(requestId(canonical)).toBe(digest.slice(0, 22));
  expect(requestId(canonical)).toMatch(form);
});

it("stays the same from one release to the next, or every cache is lost", () => {
  expect(requestId(encodeRequest(["divide", 1, 2]).canonical)).toBe("nCs1MH3pxBLA5VLX2PEFB2");
});

it("never depends on the order of keys", () => {
  fc.assert(
    fc.property(fc.array(jsonValue), (args) => {
      const id = requestId(encodeRequest(["f", ...args]).canonical);
      expect(requestId(encodeRequest(["f", ...args.map(reversedKeys)]).canonical)).toBe(id);
    }),
  );
});

it("differs for requests that a function can distinguish", () => {
  const requests = [
    ["f"],
    ["f", null],
    ["f", undefined],
    ["f", 0],
    ["f", -0],
    ["f", "0"],
    ["f", 0n],
    ["f", [0]],
    ["g"],
  ];
  const ids = requests.map((request) => requestId(encodeRequest(request).canonical));
  expect(new Set(ids).size).toBe(requests.length);
});

describe("an id of its own", () => {
  const canonical = '["f",1]';

  it("has as many characters, and shows which request it is of", () => {
    const id = ownId(canonical, "0123456789");
    expect(id).toMatch(/^~0123456[\w-]{14}$/);
    expect(isIdOf(id, canonical)).toBe(true);
    expect(isIdOf(id, '["f",2]')).toBe(false);
    expect(isIdOf(id.replace("~0", "~1"), canonical)).toBe(false);
  });

  it("is never the id that all callers of the request share", () => {
    expect(ownId(canonical, randomId())).not.toMatch(form);
  });
});

describe("a payload", () => {
  it("is of the id that its request has, be it plain or rich", () => {
    fc.assert(
      fc.property(fc.array(richValue, { maxLength: 3 }), (args) => {
        const { canonical, payload } = encodeRequest(["f", ...args]);
        expect(isPayloadOf(requestId(canonical), payload)).toBe(true);
        expect(isPayloadOf(ownId(canonical, randomId()), payload)).toBe(true);
        expect(isPayloadOf(requestId(`${canonical} `), payload)).toBe(false);
      }),
    );
  });

  it.each(["", "f", '["a b"]', "[1]", "{}", '{"json":["f"],"meta":{}', '{"json":["f",1],"meta":{}}'])(
    "that no encoder wrote has no id: %s",
    (payload) => {
      expect(isPayloadOf(requestId(payload), payload)).toBe(false);
    },
  );
});

it("gives a random id in the same form, and never the same one", () => {
  const ids = Array.from({ length: 10_000 }, randomId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(form);
});
