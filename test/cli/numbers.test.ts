/** Numbers that JavaScript would read as others: refused by each command that reads JSON, at their place. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { fixture } from "../harness/fixture.ts";
import { runHere, SharedGrid } from "../harness/own-command.ts";

const functions = fixture("cli/text-functions");
const birds = fileURLToPath(new URL("../../examples/birds/work.json", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "callgrid-numbers-"));
afterAll(() => rmSync(folder, { recursive: true }));

let grid: SharedGrid;
beforeAll(async () => {
  grid = await SharedGrid.start(functions, 1);
});
afterAll(() => grid.end());

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const large = "9007199254740993";
const work = (number: string) => file("work.json", `{\n  "files": ["a"],\n  "linesPerPiece": ${number}\n}`);
const hosts = (number: string) => file("hosts.json", `{"hosts":[\n {"host":"a","cpus":${number},"memoryGb":1}]}`);
const run = ["run", "--functions", functions];
const batch = ["batch", "--functions", functions, "--process", "same", "--items"];
const represent = "a number that JavaScript cannot represent";

describe("a number that JavaScript cannot represent is refused with 2 and its place", () => {
  const remedy = `it would become 9007199254740992: write it as a string, "${large}", or make a BigInt in the function`;
  it.each([
    ["run", [...run, `["same",${large}]`], "", `the request has ${represent}: ${large} at character 9`],
    ["run -", [...run, "-"], `\n["same",{"id":[${large}]}]`, `stdin line 2 has ${represent}: ${large} at character 16`],
    ["batch", [...batch, file("items", `"${large}"\n${large}`)], "", `items line 2 has ${represent}`],
    ["enqueue", ["enqueue", "pool", "-"], `["same",${large}]`, `stdin line 1 has ${represent}`],
    ["forget", ["forget", "pool", `["same",${large}]`], "", `the request has ${represent}`],
    ["why", ["why", "pool", `["same",${large}]`], "", `the request has ${represent}`],
    ["expect", ["expect", "pool", "--within", "1m", "--work", `{"same":${large}}`], "", `--work has ${represent}`],
    ["runs submit", ["runs", "submit", "-"], `{\n"items": [${large}]}`, `stdin line 2 has ${represent}`],
    [
      "work.json",
      ["mapreduce", "--work", work(large), "--hosts", "unread.json"],
      "",
      `work.json line 3: linesPerPiece has ${represent}`,
    ],
    [
      "hosts.json",
      ["mapreduce", "--work", birds, "--hosts", hosts(large)],
      "",
      `hosts.json line 2: cpus has ${represent}`,
    ],
  ])("by %s", async (_, args, stdin, message) => {
    const env = { CALLGRID_URL: inject("redisUrl"), CALLGRID_GRID: randomUUID() };
    const { exitCode, stdout, stderr } = await runHere(args, { env, stdin }, grid);
    expect(stderr).toContain(message);
    expect(stderr).toContain(remedy);
    expect([exitCode, stdout.includes("9007199254740992")]).toEqual([2, false]);
  });

  it("under which it is marked", async () => {
    const { stderr } = await runHere([...run, '["same",1e400]'], {}, grid);
    expect(stderr.split("\n").slice(0, 4)).toEqual([
      `INVALID_REQUEST: the request has ${represent}: 1e400 at character 9`,
      '  ["same",1e400]',
      "          ^",
      '  it would become Infinity: write it as a string, "1e400", or make a BigInt in the function',
    ]);
  });
});

it("numbers that JavaScript can represent, and long ones in strings, arrive as they are", async () => {
  const request = `["same",[0.1,1e300,1E5,9007199254740992,"${large}"]]`;
  expect(await runHere([...run, request], {}, grid)).toEqual({
    exitCode: 0,
    stdout: `[0.1,1e+300,100000,9007199254740992,"${large}"]\n`,
    stderr: "",
  });
});
