import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fields, patchBetween, patched } from "./merge-patch.ts";

const leaves = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
const documents = fc.letrec((tie) => ({
  fields: fc.dictionary(fc.string({ maxLength: 2 }), fc.oneof({ maxDepth: 3 }, leaves, tie("fields")), { maxKeys: 4 }),
})).fields as fc.Arbitrary<Fields>;

describe("a merge patch", () => {
  it("turns the document before into the one after, whatever these are", () => {
    void fc.assert(
      fc.property(documents, documents, (before, after) => {
        const patch = patchBetween(before, after);
        expect(patch === undefined ? before : patched(before, JSON.parse(JSON.stringify(patch)) as Fields)).toEqual(
          after,
        );
      }),
    );
  });

  it("adds and removes fields whose names all objects inherit", () => {
    const before: Fields = { constructor: { queued: 1 }, toString: 2 };
    const patch = patchBetween(before, {});
    expect(patch).toEqual({ constructor: null, toString: null });
    expect(patched(before, patch ?? {})).toEqual({});
    const named = JSON.parse('{"__proto__":{"queued":1}}') as Fields;
    expect(JSON.stringify(patchBetween({}, named))).toBe(JSON.stringify(named));
  });

  it("holds what has changed and nothing else", () => {
    const before = { pools: { a: { queued: 1, workers: 2 }, b: { queued: 3 } }, reasons: ["x"] };
    const after = { pools: { a: { queued: 5, workers: 2 } }, reasons: ["x"] };
    expect(patchBetween(before, after)).toEqual({ pools: { a: { queued: 5 }, b: null } });
    expect(patchBetween(before, before)).toBeUndefined();
  });
});
