import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { withFile } from "./file-bytes.ts";
import { LineIndex, lineIndexOf } from "./line-index.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-line-index-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("finds every line in any order, with many and with few parts remembered", () => {
  const path = join(folder, "lines");
  const lengths = Array.from({ length: 600 }, (_, line) => (line * 7_919) % 301);
  writeFileSync(path, lengths.map((length) => `${"x".repeat(length)}\n`).join(""));
  const starts = lengths.map((_, line) => lengths.slice(0, line).reduce((sum, length) => sum + length + 1, 0));
  const lines = starts.map((_, line) => line + 1);
  for (const size of [{}, { partBytes: 1_000, mostParts: 8 }]) {
    const index = new LineIndex(size);
    withFile(path, (file) => {
      for (const order of [lines, lines.toReversed()])
        for (const line of order) if (line % 7 === 0) expect(index.startOf(file, line)).toBe(starts[line - 1]);
      expect(index.startOf(file, 602)).toBeUndefined();
    });
  }
});

it("is the same for a file that is read again, and another once the file has changed", () => {
  const path = join(folder, "again");
  const indexOf = (): LineIndex => withFile(path, (file) => lineIndexOf(file, path));
  writeFileSync(path, "a\n");
  const first = indexOf();
  expect(indexOf()).toBe(first);
  writeFileSync(path, "a\nb\n");
  expect(indexOf()).not.toBe(first);
});

it("is dropped for the files that were not read for longest", () => {
  const indexOf = (name: number): LineIndex => {
    const path = join(folder, `many-${name}`);
    writeFileSync(path, "a\n", { flag: "a" });
    return withFile(path, (file) => lineIndexOf(file, path));
  };
  const paths = Array.from({ length: 16 }, (_, name) => join(folder, `kept-${name}`));
  for (const path of paths) writeFileSync(path, "a\n");
  const all = paths.map((path) => withFile(path, (file) => lineIndexOf(file, path)));
  expect(paths.map((path) => withFile(path, (file) => lineIndexOf(file, path)))).toEqual(all);
  indexOf(0);
  const [first = "", second = ""] = paths;
  expect(withFile(first, (file) => lineIndexOf(file, first))).not.toBe(all[0]);
  expect(withFile(second, (file) => lineIndexOf(file, second))).not.toBe(all[1]);
});
