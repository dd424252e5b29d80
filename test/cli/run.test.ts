/** Requests that need no grid: the command as a process where that matters, and else within this one, on one grid. */
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type CommandInput, type CommandResult, runCommand } from "../harness/command.ts";
import { runHere, SharedGrid } from "../harness/own-command.ts";

const functions = fileURLToPath(new URL("../fixtures/cli/functions.ts", import.meta.url));
const callgrid = fileURLToPath(new URL("../../packages/callgrid", import.meta.url));
const definesNothing = fileURLToPath(new URL("../fixtures/cli/defines-nothing.ts", import.meta.url));
it("without a connection a command ends with 3, and names the address without the password", async () => {
  const args = ["status", "pool", "--url", "redis://user:secret@127.0.0.1:1", "--connect-timeout-ms", "50ms"];
  const { exitCode, stdout, stderr } = await runCommand(args);
  expect([exitCode, stdout]).toEqual([3, ""]);
  expect(stderr).toContain("CONNECTION_FAILED: no Redis at redis://127.0.0.1:1 within 50 ms");
  expect(stderr).not.toContain("secret");
});

describe("callgrid run", () => {
  const run = ["run", "--functions", functions, "--workers", "1"];
  let grid: SharedGrid;
  beforeAll(async () => {
    grid = await SharedGrid.start(functions, 1);
  });
  afterAll(() => grid.end());

  function here(requests: readonly string[], input?: CommandInput): Promise<CommandResult> {
    return runHere([...run, ...requests], input, grid);
  }

  it("prints the value of a request, and nothing else", async () => {
    expect(await runCommand([...run, '["ratio",7]'])).toEqual({
      exitCode: 0,
      stdout: "1.1666666666666667\n",
      stderr: "",
    });
  });

  it("evaluates what needs a tag once it learns that there is one", async () => {
    const { stdout } = await runHere([...run, "--tags", "gpu", '["paintBoth"]']);
    expect(stdout).toBe('["painted red","painted blue"]\n');
    const without = await runHere([...run, "--timeout-ms", "500ms", '["paint","red"]']);
    expect([without.exitCode, without.stdout]).toEqual([1, ""]);
    expect(without.stderr).toContain("TIMEOUT");
  });

  it("prints the tree of an error three levels down, where it was thrown, and ends with 1", async () => {
    const { exitCode, stdout, stderr } = await here(['["report",1]']);
    expect([exitCode, stdout]).toEqual([1, ""]);
    const [request, ratio, divide, ...frames] = stderr.trimEnd().split("\n");
    expect(request).toContain('["report",1]');
    expect(ratio).toBe('  ["ratio",1]');
    expect(divide).toBe('    ["divide",1,0]: Icky value');
    expect(frames).toEqual([expect.stringMatching(/^ {4}at .*fixtures\/cli\/functions\.ts:\d+:\d+\)?$/)]);
  });

  it.each([{}, { FORCE_COLOR: "1" }])(
    "shows what an error could steer a terminal with, and writes it as JSON: %j",
    async (env) => {
      const shown = String.raw`bad document: \x1b]0;owned\x07\x1b[2J\x9b2J\x0dall went well\u202e`;
      const { stderr } = await here(['["sly"]'], { env });
      expect(stderr).toContain(shown);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: colours aside, none may be there
      expect(stderr.replace(/\x1b\[\d+m/g, "")).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
      const json = await here(["--json", '["sly"]'], { env });
      expect(json.stdout).toContain(String.raw`\u001b]0;owned\u0007\u001b[2J\u009b2J\rall went well\u202e`);
    },
  );

  it("prints requests of the command line and of stdin in order, as JSON where that is asked for", async () => {
    const args = ["--json", '["ratio",1]', "-", '["book","a"]'];
    const { exitCode, stdout, stderr } = await here(args, { stdin: '["ratio",2]\n["ratio",3]\n' });
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { index: 0, error: { msg: expect.any(String), info: { '["divide",1,0]': { msg: "Icky value" } } } },
      { index: 1, value: 2 },
      { index: 2, value: 1.5 },
      { index: 3, value: [["a", "10"]], meta: expect.anything() },
    ]);
    expect([exitCode, stderr]).toEqual([1, ""]);
  });

  it("holds the place of a failed request among the values with an empty line", async () => {
    const { stdout, stderr } = await here(['["ratio",2]', '["ratio",1]', '["ratio",3]']);
    expect(stdout).toBe("2\n\n1.5\n");
    expect(stderr).toMatch(/^request 2: .*\["ratio",1\]/);
  });

  it("finishes what came before a malformed line of stdin, and then ends with 2", async () => {
    const { exitCode, stdout, stderr } = await here(["-"], {
      stdin: '["ratio",2]\n["ratio",\n["ratio",3]\n',
    });
    expect([exitCode, stdout]).toEqual([2, "2\n"]);
    expect(stderr).toContain("line 2 is not JSON: it ends too early");
  });

  it("takes TypeScript of a package that is not of modules", async () => {
    const folder = await mkdtemp(join(tmpdir(), "callgrid-commonjs-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await writeFile(join(folder, "package.json"), '{ "type": "commonjs" }');
    await mkdir(join(folder, "node_modules"));
    await symlink(callgrid, join(folder, "node_modules", "callgrid"));
    await copyFile(functions, join(folder, "functions.ts"));
    const args = ["run", "--functions", join(folder, "functions.ts"), "--workers", "1", '["ratio",7]'];
    expect(await runHere(args)).toEqual({ exitCode: 0, stdout: "1.1666666666666667\n", stderr: "" });
  });

  it.each([
    ["nowhere.ts", /there is no module .*nowhere\.ts/],
    [definesNothing, /defines no function/],
  ])("ends with 2 for a module that is not a module of functions: %s", async (module, message) => {
    const { exitCode, stdout, stderr } = await runHere(["run", "--functions", module, "--workers", "1", '["f"]']);
    expect(stderr).toMatch(message);
    expect([exitCode, stdout]).toEqual([2, ""]);
  });
});
