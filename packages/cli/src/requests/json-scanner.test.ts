import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonErrorIndex } from "./json-scanner.ts";

describe("the place where a text stops being JSON", () => {
  it.each([
    ['["ratio",x]', 9],
    ["[ratio,7]", 1],
    ['["ratio" 7]', 9],
    ['["ratio",7', 10],
    ['["ratio",7]]', 11],
    ['["ratio",]', 9],
    ["['ratio']", 1],
    ['["a\nb"]', 1],
    ['[{"a":1,}]', 8],
    ["[{a:1}]", 2],
    ['["f",01]', 6],
    ["", 0],
    ["   ", 3],
  ])("%s: index %i", (text, index) => {
    expect(jsonErrorIndex(text)).toBe(index);
  });

  it("is none for JSON", () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonErrorIndex(text)).toBeUndefined();
      }),
    );
  });

  it("is found in text that nests deeper than anybody can follow", () => {
    expect(jsonErrorIndex("[".repeat(1_000_000))).toBeLessThan(1_000_000);
  });

  it.each([
    ["letters", "a".repeat(10_000_000)],
    ["escapes", "\\n".repeat(5_000_000)],
  ])("is found behind a string of many %s, and where that has no end", (_, long) => {
    expect(jsonErrorIndex(`["${long}"x`)).toBe(long.length + 3);
    expect(jsonErrorIndex(`["${long}`)).toBe(1);
  });

  it("exists exactly where JSON.parse refuses", () => {
    const almostJson = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom("", "x", ",", "]", '"', " ", "1", "-"))
      .map(([text, at, part]) => {
        const index = at % (text.length + 1);
        return text.slice(0, index) + part + text.slice(index + 1);
      });
    fc.assert(
      fc.property(almostJson, (text) => {
        expect(jsonErrorIndex(text) === undefined).toBe(parses(text));
      }),
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
