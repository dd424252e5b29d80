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

const [low, high] = [
  { mean: 1, range: { low: "=2", high: 3 } },
  { mean: [4], "range.low": 5 },
];

it("keys of objects and places of lists are columns instead of the value", async () => {
  const path = join(folder, "keys.csv");
  const lists = join(folder, "places.csv");
  const [keys, places] = [
    await csvFile(path, { columns: ["mean", "range.low", "job"] }),
    await csvFile(lists, { columns: ["1", "value"] }),
  ];
  for (const [index, value] of [low, high, 7].entries())
    await keys.write({ index, outcome: { value }, requestId: "id" } as unknown as BatchItem);
  await places.write({ index: 0, outcome: { value: ["a", "b"] } } as unknown as BatchItem);
  await Promise.all([keys.close(), places.close()]);
  expect(readFileSync(path, "utf8")).toBe("index,mean,range.low,job\n0,1,'=2,id\n1,[4],5,id\n2,,,id\n");
  expect(readFileSync(lists, "utf8")).toBe('index,1,value\n0,b,"[""a"",""b""]"\n');
});

it("JSON documents have the same columns, and a column that no value has is reported", async () => {
  const path = join(folder, "keys.ndjson");
  const file = await ndjsonFile(path, ["mean", "maen"]);
  for (const [index, value] of [low, high].entries())
    await file.write({ index, outcome: { value } } as unknown as BatchItem);
  await file.close();
  const documents = readFileSync(path, "utf8").trimEnd().split("\n");
  expect(documents).toEqual(['{"index":0,"mean":1,"maen":null}', '{"index":1,"mean":[4],"maen":null}']);
  expect(file.warning).toBe('no value has "maen": columns are start, interval, done, job, value, or keys of values');
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

  it("have a ' in the header as well", async () => {
    const { text } = await written([{ "=1": 2 }], { columns: ["=1"] });
    expect(text).toBe("index,'=1\n0,2\n");
  });

  it("are kept where that is asked for, with a warning", async () => {
    const { text, warning } = await written(["=1+1", "@a"], { formulas: "keep" });
    expect(text).toBe("index,value\n0,=1+1\n1,@a\n");
    expect(warning).toMatch(/2 texts that begin as formulas do, and a spreadsheet evaluates them/);
  });
});
