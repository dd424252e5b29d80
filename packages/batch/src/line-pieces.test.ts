import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { countLines, linePieces, readFileLines, refuseChanged } from "./line-pieces.ts";

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
  ["a\rb\r", 2],
  ["\r\n\r\r\n\n", 4],
])("%j has %d lines", (text, lines) => {
  expect(countLines(fileOf(text))).toBe(lines);
});

it("pieces have every line once, in any order of reading", async () => {
  const line = fc.stringMatching(/^[aé雨]{0,6}$/);
  await fc.assert(
    fc.property(
      fc.array(line, { minLength: 1 }),
      fc.constantFrom("\n", "\r\n", "\r"),
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
    { numRuns: 100 },
  );
});

it.each(["\r\n", "\r"])("lines end where what is read at once does, too: %j", (end) => {
  for (const length of [1_048_574, 1_048_575, 1_048_576]) {
    const path = fileOf(`${"x".repeat(length)}${end}last`);
    expect(countLines(path)).toBe(2);
    expect(readFileLines(path, 2, 2)).toEqual(["last"]);
    expect(readFileLines(path, 1, 1)[0]?.length).toBe(length);
  }
});

it("a piece of a file that has changed is refused", () => {
  const path = fileOf("a\nb\n");
  const [piece] = linePieces([path], 1);
  writeFileSync(path, "a\nb\nc\n");
  expect(() => piece && refuseChanged(piece)).toThrowError(expect.objectContaining({ code: "FILE_CHANGED" }));
});
