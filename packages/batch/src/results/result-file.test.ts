import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { BatchItem } from "../run/batch-items.ts";
import { type CsvOptions, csvFile, failureFile, ndjsonFile } from "./result-file.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-result-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ["csv", csvFile],
  ["csv.gz", csvFile],
  ["ndjson", ndjsonFile],
  ["failed", failureFile],
])("a new file of results is its user's alone: %s", async (ending, open) => {
  const path = join(folder, `values.${ending}`);
  await (await open(path)).close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

describe("texts that a spreadsheet would evaluate", () => {
  const texts = ["=1+1", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1", "-5", "\n=1"];
  const others = ["a=1", "'=1", "", " =1", "[1]"];

  async function written(values: readonly unknown[], options: CsvOptions = {}) {
    const path = join(folder, "formulas.csv");
    const file = await csvFile(path, options);
    for (const [index, value] of values.entries())
      await file.write({ index, outcome: { value }, requestId: "-id" } as unknown as BatchItem);
    await file.close();
    return { text: readFileSync(path, "utf8"), warning: file.warning };
  }

  it("have a ' before them, and no other text has", async () => {
    const { text, warning } = await written([...texts, ...others]);
    const rows = text
      .trimEnd()
      .split(/\n(?=\d+,)/)
      .slice(1);
    const cells = rows.map((row) => row.slice(row.indexOf(",") + 1).replace(/^"(.*)"$/s, "$1"));
    expect(cells).toEqual([...texts.map((each) => `'${each}`), ...others]);
    expect(warning).toMatch(/formulas\.csv has 9 texts that begin as formulas do, with a ' before each/);
  });

  it("are no numbers: those stay as they are, and warn of nothing", async () => {
    const numbers = [-5, -0.5, -1e21, 7, [-1], { a: "=1" }, null, true];
    expect(await written(numbers)).toEqual({
      text: 'index,value\n0,-5\n1,-0.5\n2,-1e+21\n3,7\n4,[-1]\n5,"{""a"":""=1""}"\n6,null\n7,true\n',
      warning: undefined,
    });
  });

  it("are no ids of requests: those can be given to commands as they are", async () => {
    const { text, warning } = await written([1], { columns: ["job"] });
    expect([text, warning]).toEqual(["index,value,job\n0,1,-id\n", undefined]);
  });

  it("are kept where that is asked for, with a warning", async () => {
    const { text, warning } = await written(["=1+1", "@a"], { formulas: "keep" });
    expect(text).toBe("index,value\n0,=1+1\n1,@a\n");
    expect(warning).toMatch(/2 texts that begin as formulas do, and a spreadsheet evaluates them/);
  });
});
