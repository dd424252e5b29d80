import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { byteLines, decodeWholeText, textLines } from "./text-lines.ts";

/** Bytes as a stream delivers them, `size` at a time. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, undefined> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesOf(text: string | Uint8Array, size = 65_536): Promise<string[]> {
  const lines: string[] = [];
  const bytes = typeof text === "string" ? Buffer.from(text) : text;
  for await (const line of textLines(inPieces(bytes, size), "x.txt")) lines.push(line.text);
  return lines;
}

describe("the lines of a text", () => {
  it.each([
    ["LF", "one\ntwo\n", ["one", "two"]],
    ["CR LF", "one\r\ntwo\r\n", ["one", "two"]],
    ["no final LF", "one\ntwo", ["one", "two"]],
    ["a final CR", "one\r\ntwo\r", ["one", "two"]],
    ["CR elsewhere", "o\rne\n\r\r\ntwo", ["o\rne", "\r", "two"]],
    ["empty lines", "\n\none\n\n", ["", "", "one", ""]],
    ["U+2028, U+2029, U+0085 and NUL", "a\u2028b\u2029c\u0085d\0e\nf", ["a\u2028b\u2029c\u0085d\0e", "f"]],
    ["a byte order mark", "\uFEFFone\n\uFEFFtwo", ["one", "\uFEFFtwo"]],
    ["a byte order mark alone", "\uFEFF", []],
    ["nothing", "", []],
  ])("are the same however it arrives: %s", async (_, text, expected) => {
    for (const size of [1, 2, 3, 5, 65_536]) expect(await linesOf(text, size)).toEqual(expected);
  });

  it("are its parts between LFs, in pieces of any size", async () => {
    const part = fc.stringMatching(/^[a\ré雨🌧\u2028]{0,5}x$/u);
    await fc.assert(
      fc.asyncProperty(fc.array(part), fc.integer({ min: 1, max: 20 }), async (parts, size) => {
        expect(await linesOf(parts.map((line) => `${line}\n`).join(""), size)).toEqual(parts);
      }),
    );
  });

  it("may be much longer than what arrives at once", async () => {
    const long = "é".repeat(5_000_000);
    expect(await linesOf(`short\n${long}\nlast`, 65_537)).toEqual(["short", long, "last"]);
  });

  it("are refused when one has no end", async () => {
    async function* endless(): AsyncGenerator<Uint8Array, undefined> {
      const chunk = new Uint8Array(8_000_000).fill(97);
      for (;;) yield chunk;
    }
    await expect(textLines(endless(), "x.txt").next()).rejects.toThrow(/^x\.txt line 1 has more than 134217728 bytes/);
  });

  it("come as soon as they are whole", async () => {
    async function* silentAfter(...chunks: string[]): AsyncGenerator<string, undefined> {
      yield* chunks;
      await new Promise(() => undefined);
    }
    const lines = textLines(silentAfter("1", "\n2\n"), "x.txt");
    expect([(await lines.next()).value, (await lines.next()).value]).toEqual([
      { number: 1, text: "1" },
      { number: 2, text: "2" },
    ]);
  });
});

describe("bytes that are not text", () => {
  it.each([
    ["Latin-1", Buffer.from("good\nM\xfcller\n", "latin1"), /^x\.txt line 2 is not UTF-8: convert/],
    ["a character that is cut short", Buffer.from([0x61, 0x0a, 0xe9, 0x9b]), /^x\.txt line 2 is not UTF-8/],
    ["gzip", Buffer.from([0x1f, 0x8b, 8, 0, 10, 0]), /^x\.txt must be UTF-8 text, and is compressed with gzip: unpack/],
    ["UTF-16 with a mark", Buffer.from("\uFEFFone\n", "utf16le"), /^x\.txt must be UTF-8 text, and seems to be UTF-16/],
    ["UTF-16 without a mark", Buffer.from("one\n", "utf16le"), /^x\.txt must be UTF-8 text, and seems to be UTF-16/],
    ["UTF-16 of the other order", Buffer.from("one\n", "utf16le").swap16(), /seems to be UTF-16: convert it first/],
  ])("are refused with the line and what to do, however they arrive: %s", async (_, bytes, message) => {
    for (const size of [1, 2, 65_536])
      await expect(linesOf(bytes, size)).rejects.toMatchObject({
        code: "INVALID_VALUE",
        message: expect.stringMatching(message) as unknown,
      });
    expect(() => decodeWholeText(bytes, "x.txt")).toThrow(message);
  });

  it("are passed on by those who decode lines themselves, each with its CR", async () => {
    const lines: string[] = [];
    for await (const line of byteLines(inPieces(Buffer.from("M\xfc\r\n\xf6", "latin1"), 2), "x.txt"))
      lines.push(Buffer.from(line).toString("latin1"));
    expect(lines).toEqual(["M\xfc\r", "\xf6"]);
  });
});

it("a whole text is read without its byte order mark, and with all else", () => {
  expect(decodeWholeText(Buffer.from("\uFEFFa\r\n\uFEFFb"), "x.txt")).toBe("a\r\n\uFEFFb");
  expect(decodeWholeText(new Uint8Array(0), "x.txt")).toBe("");
});
