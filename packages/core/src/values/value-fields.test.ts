import { describe, expect, it } from "vitest";
import { valueFields, valueOfFields } from "./value-fields.ts";

describe("a value as fields of JSON", () => {
  it.each([
    [{ a: [1] }, { value: { a: [1] } }],
    [null, { value: null }],
    [undefined, { value: null, meta: { values: ["undefined"] } }],
  ])("is itself where it is plain: %o", (value, fields) => {
    expect(valueFields(value)).toEqual(fields);
  });

  it("adds what JSON would lose", () => {
    const fields = valueFields(new Map([["a", 1n]]));
    expect(fields.value).toEqual([["a", "1"]]);
    expect(fields.meta).toBeDefined();
  });

  it.each([
    [[new Date(0), new Map([[1, new Set([2n])]]), Number.NaN, -0, undefined, new Uint8Array([1, 2])]],
    [[{ deep: { list: [1, "two", null, true] } }]],
    [[undefined]],
    [[3n]],
  ])("is read back as it was: %o", ([value]) => {
    expect(valueOfFields(JSON.parse(JSON.stringify(valueFields(value))) as never)).toEqual(value);
  });

  it("is refused with its path where it cannot travel, and beyond a limit", () => {
    expect(() => valueFields([{ f: () => 1 }], "items")).toThrowError(/items\[0\]\.f/);
    expect(() => valueFields("x".repeat(100), "items", 10)).toThrowError(
      expect.objectContaining({ code: "PAYLOAD_TOO_LARGE" }),
    );
  });
});
