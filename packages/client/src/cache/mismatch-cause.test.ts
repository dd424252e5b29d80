import { expect, it } from "vitest";
import { likelyCause } from "./mismatch-cause.ts";

it.each<[string, string, string | undefined]>([
  ['={"at":1733045102345}', '={"at":1733045102399}', "the time (Date.now, new Date)"],
  ['="2026-11-30T10:00:00.000Z"', '="2026-11-30T10:00:01.000Z"', "the time (Date.now, new Date)"],
  ["=0.7318273645123", "=0.1928374650192", "chance (Math.random, crypto)"],
  [
    '="3f2b8c1e-9a7d-4e56-8b0f-1c2d3e4f5a6b"',
    '="a0b1c2d3-1111-4222-8333-444455556666"',
    "chance (Math.random, crypto)",
  ],
  ['=["a","b","c"]', '=["b","a","c"]', "another order, such as that of keys, files or answers"],
  ["=0.30000000000000004", "=0.3", "numbers that were added in another order"],
  ["=12", "=13", undefined],
])("of %s and %s", (one, other, cause) => {
  const evaluations = [one, other].map((value) => ({ worker: "w", node: "v20.19.0", value })) as never;
  expect(likelyCause({ version: "1", requestId: "a", request: "[]", evaluations })).toBe(cause);
});

it("other majors of Node are named", () => {
  const evaluations = ["v20.19.0", "v24.1.0"].map((node) => ({ worker: "w", node, value: `=${node.length}` })) as never;
  expect(likelyCause({ version: "1", requestId: "a", request: "[]", evaluations })).toBe(
    "other versions of Node (v20.19.0, v24.1.0)",
  );
});
