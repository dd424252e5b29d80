import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { declareOptions } from "@callgrid/core";
import { afterAll, describe, expect, it } from "vitest";
import { functionsOption } from "./common-options.ts";
import { flag, repeatFunctionsFlag } from "./function-files.ts";

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
