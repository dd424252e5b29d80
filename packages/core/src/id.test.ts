import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonValue, reversedKeys } from "../../../test/harness/value-samples.ts";
import { randomId, requestId } from "./id.ts";
import { encodeRequest } from "./request.ts";

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

it("differs for requests that a function can tell apart", () => {
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

it("gives a random id in the same form, and never the same one", () => {
  const ids = Array.from({ length: 10_000 }, randomId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(form);
});
