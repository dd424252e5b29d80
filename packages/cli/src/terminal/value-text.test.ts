import { describe, expect, it } from "vitest";
import { valueText } from "./value-text.ts";

describe("a value on a line", () => {
  it.each([
    [1.5, "1.5"],
    ["text\n", '"text\\n"'],
    [{ b: 1, a: [null] }, '{"b":1,"a":[null]}'],
    [undefined, "undefined"],
    [10n, "10n"],
    [new Map([["a", new Date(0)]]), "Map(1) { 'a' => 1970-01-01T00:00:00.000Z }"],
    [Number.NaN, "NaN"],
  ])("is JSON where it is plain, and as Node shows it otherwise: %o", (value, text) => {
    expect(valueText(value)).toBe(text);
  });

  it("is never cut", () => {
    expect(valueText(new Set(Array.from({ length: 500 }, (_, i) => i)))).toMatch(/ 499 }$/);
  });
});
