import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { textIn } from "../../../../test/harness/text-in.ts";
import { colorsOf, noColors, shownText } from "./colors.ts";
import { writeJson, writeLine } from "./io.ts";
import { visibleJson, visibleLine, visibleText } from "./visible-text.ts";

/** All that could steer a terminal: C0 but tab and line feed, DEL, C1, marks and overrides of direction, Unicode's line ends. */
const ranges = [
  [0, 8],
  [11, 31],
  [127, 159],
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x2028, 0x202e],
  [0x2066, 0x2069],
];
const steering = ranges.flatMap(([from = 0, to = 0]) =>
  Array.from({ length: to - from + 1 }, (_, place) => String.fromCharCode(from + place)),
);

function isHarmless(text: string): boolean {
  return steering.every((character) => !text.includes(character));
}

describe("text for people", () => {
  it("shows every character that could steer a terminal, and leaves all others as they are", () => {
    for (const character of steering)
      expect(visibleText(`a${character}b`)).toMatch(/^a\\(x[0-9a-f]{2}|u[0-9a-f]{4})b$/);
    const harmless = "größe\t雨🌧\n\\x1b ״אב״ ‹…›\u00a0\u200b\ufeff";
    expect(visibleText(harmless)).toBe(harmless);
    expect(visibleText("\x1b]0;title\x07\x1b[2J\rgone \x9b2J \u202e")).toBe(
      String.raw`\x1b]0;title\x07\x1b[2J\x0dgone \x9b2J \u202e`,
    );
    expect(visibleLine("a\tb\nc")).toBe(String.raw`a\x09b\x0ac`);
  });

  it("has the colours of this process, and no others", () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    const { red, bold } = colorsOf(terminal, {});
    expect(shownText(`${red("bad")} ${bold("name\x1b[31m\x1b[2J")}`)).toBe(
      "\x1b[31mbad\x1b[39m \x1b[1mname\\x1b[31m\\x1b[2J\x1b[22m",
    );
    expect(colorsOf(terminal, { NO_COLOR: "1" })).toBe(noColors);
    expect(shownText("\x1b[31;1m\x1b[31;123456789m")).toBe("\\x1b[31;1m\\x1b[31;123456789m");
  });

  it("is written so by whatever command writes it", async () => {
    const stream = new PassThrough({ encoding: "utf8" });
    await writeLine(stream, `lost: ${steering.join("")}`);
    await writeLine(stream, "two\nlines");
    const [lost = "", ...more] = textIn(stream).split("\n");
    expect(isHarmless(lost)).toBe(true);
    expect(more).toEqual(["two", "lines", ""]);
  });
});

describe("JSON", () => {
  it("has escapes instead of such characters, and the same value", async () => {
    const value = { [`key ${steering.join("")}`]: [`text ${steering.join("")} \t\n`, "größe"] };
    expect(JSON.parse(visibleJson(JSON.stringify(value)))).toEqual(value);
    const stream = new PassThrough({ encoding: "utf8" });
    await writeJson(stream, value);
    const text = textIn(stream);
    expect(isHarmless(text.trimEnd())).toBe(true);
    expect(JSON.parse(text)).toEqual(value);
  });
});
