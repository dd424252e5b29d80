/** docs/RELIABILITY.md promises nothing that no test shows, and leaves out no test of faults. */
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { linksIn, pageText, root } from "./markdown.ts";

const page = "docs/RELIABILITY.md";
const text = pageText(page);
const rows = text.split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| what dies |"));

function testsIn(part: string): string[] {
  return linksIn(part)
    .filter((link) => link.endsWith(".test.ts"))
    .map((link) => join(dirname(page), link));
}

it.each(rows.map((row) => [row.split("|")[1]?.trim() ?? "", row] as const))(
  "a test shows what happens to: %s",
  (_, row) => {
    const tests = testsIn(row);
    expect(tests).not.toEqual([]);
    expect(tests.filter((test) => !existsSync(join(root, test)))).toEqual([]);
  },
);

it("every test of faults is named", () => {
  const tests = readdirSync(join(root, "test/faults")).map((name) => `test/faults/${name}`);
  expect(tests.filter((test) => !testsIn(text).includes(test))).toEqual([]);
});
