import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { declareOptions } from "@callgrid/core";
import { afterAll, describe, expect, it } from "vitest";
import { functionsOption } from "./common-options.ts";
import { flag, repeatFunctionsFlag, strayModule } from "./function-files.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-functions-"));
const [a, b, c] = ["a.ts", "b.mjs", "c.txt"].map((name) => join(folder, name)) as [string, string, string];
for (const file of [a, b, c]) writeFileSync(file, "");
afterAll(() => rmSync(folder, { recursive: true }));

describe("files of functions after one flag", () => {
  it("follow the flag of the option", () => {
    expect(declareOptions(functionsOption).functions.flag).toBe(flag);
  });

  it.each<[string, string[], string[]]>([
    ["are taken in", ["run", "--functions", a, b, '["f"]'], ["run", "--functions", a, "--functions", b, '["f"]']],
    ["may follow =", ["run", `--functions=${a}`, b, "--json"], ["run", `--functions=${a}`, "--functions", b, "--json"]],
    ["end with the next flag", ["run", "--functions", a, "--json", b], ["run", "--functions", a, "--json", b]],
    ["are modules only", ["run", "--functions", a, c, b], ["run", "--functions", a, c, b]],
    ["may be patterns", ["run", flag, a, "x/*.ts", "[]"], ["run", flag, a, flag, "x/*.ts", "[]"]],
    ["are there", ["run", "--functions", a, "nowhere.ts"], ["run", "--functions", a, "nowhere.ts"]],
  ])("%s", (_, given, repeated) => {
    expect(repeatFunctionsFlag(given)).toEqual(repeated);
  });
});

it.each<[string, string[], string | undefined]>([
  ["after the command", ["worker", a], a],
  ["after the value of a flag", ["run", "--pool", "pool", a, '["f"]'], a],
  ["as the value of a flag", ["run", "--output", a], undefined],
  ["that is not there", ["run", "nowhere.ts"], undefined],
  ["that is no module", ["run", c], undefined],
])("a file %s is a stray module or not", (_, argv, found) => {
  expect(strayModule(argv)).toBe(found);
});
