import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { propertyRuns } from "../../../../test/harness/chance.ts";
import { countLines, countLinesInTurns, linePieces, readFileLines, refuseChanged } from "./line-ranges.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-line-pieces-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function fileOf(text: string): string {
  const path = join(folder, `file-${++files}`);
  writeFileSync(path, text);
  return path;
}

it.each([
  ["", 0],
  ["a", 1],
  ["a\n", 1],
  ["a\n\n", 2],
  ["a\nb", 2],
  ["a\r\nb\r\n", 2],
  ["a\rb\r", 1],
  ["\r\n\r\r\n\n", 3],
])("%j has %d lines", async (text, lines) => {
  expect(countLines(fileOf(text))).toBe(lines);
  expect(await countLinesInTurns(fileOf(text), new AbortController().signal)).toBe(lines);
});

it("pieces have every line once, in any order of reading", async () => {
  const line = fc.stringMatching(/^[aé雨]{0,6}$/);
  await fc.assert(
    fc.property(
      fc.array(line, { minLength: 1 }),
      fc.constantFrom("\n", "\r\n"),
      fc.integer({ min: 1, max: 5 }),
      (all, end, size) => {
        const path = fileOf(all.map((text) => text + end).join(""));
        const pieces = linePieces([path], size);
        const backwards = pieces
          .toReversed()
          .map(({ file, fromLine, toLine }) => readFileLines(file, fromLine, toLine));
        expect(backwards.toReversed().flat()).toEqual(all);
        expect(pieces.flatMap(({ file, fromLine, toLine }) => readFileLines(file, fromLine, toLine))).toEqual(all);
      },
    ),
    { numRuns: propertyRuns(100) },
  );
});

it.each(["\r\n", "\n"])("lines end where what is read at once does, too: %j", (end) => {
  for (const length of [1_048_574, 1_048_575, 1_048_576]) {
    const path = fileOf(`${"x".repeat(length)}${end}last`);
    expect(countLines(path)).toBe(2);
    expect(readFileLines(path, 2, 2)).toEqual(["last"]);
    expect(readFileLines(path, 1, 1)[0]?.length).toBe(length);
  }
});

it("lines are found in a file that was written again, and in more files than are remembered", () => {
  const path = fileOf("a\nb\nc\n");
  expect(readFileLines(path, 3, 3)).toEqual(["c"]);
  writeFileSync(path, "aa\nbb\ncc\ndd\n");
  expect(readFileLines(path, 3, 9)).toEqual(["cc", "dd"]);
  const others = Array.from({ length: 40 }, (_, number) => fileOf(`one\n${number}\n`));
  for (const round of [1, 2])
    expect(others.map((file) => [round, ...readFileLines(file, 2, 2)])).toEqual(
      others.map((_, number) => [round, `${number}`]),
    );
});

it("lines beyond the last are none", () => {
  const path = fileOf("a\nb");
  expect([
    readFileLines(path, 3, 4),
    readFileLines(path, 2, 9),
    readFileLines(path, 2, 1),
    readFileLines(path, 2, 0),
  ]).toEqual([[], ["b"], [], []]);
});

it("a line that is not UTF-8 is refused with its number", () => {
  const path = join(folder, "latin1");
  writeFileSync(path, "one\ntwo\nM\xfcller\n", "latin1");
  expect(readFileLines(path, 1, 2)).toEqual(["one", "two"]);
  expect(() => readFileLines(path, 2, 3)).toThrow(`${path} line 3 is not UTF-8`);
});

it("a file that is compressed is not cut", () => {
  const path = join(folder, "names.gz");
  writeFileSync(path, new Uint8Array([0x1f, 0x8b, 8, 0]));
  expect(() => linePieces([path], 1)).toThrow(/compressed with gzip: unpack it first/);
});

it("a piece of a file that has changed is refused", () => {
  const path = fileOf("a\nb\n");
  const [piece] = linePieces([path], 1);
  writeFileSync(path, "a\nb\nc\n");
  expect(() => piece && refuseChanged(piece)).toThrowError(expect.objectContaining({ code: "FILE_CHANGED" }));
});
