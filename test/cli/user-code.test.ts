/** Commands whose modules and functions print, never return or end their process: as processes, with real signals. */
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { runCommand, startCommand } from "../harness/command.ts";

function fixture(path: string): string {
  return fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
}

const folder = mkdtempSync(join(tmpdir(), "callgrid-user-code-"));
const env = { XDG_STATE_HOME: folder };
afterAll(() => rmSync(folder, { recursive: true }));

const birds = join(folder, "birds");
cpSync(fixture("../../examples/birds"), birds, { recursive: true });
symlinkSync(fixture("../../node_modules"), join(folder, "node_modules"));

function work(command: string, functions: string, process: string): string[] {
  return [command, "--functions", functions, "--process", process, "--range", "3..6", "--workers", "1"];
}
const unruly = fixture("cli/unruly.mjs");
const mapreduce = ["mapreduce", "--work", join(birds, "work.json"), "--hosts", join(birds, "hosts.json")];

describe("what a user's code prints goes to stderr, and stdout has results alone:", () => {
  it.each([
    ["a serial batch", [...work("batch", unruly, "talk"), "--mode", "serial"], 3],
    ["a plan", work("plan", unruly, "talk"), 1],
  ])("%s", async (_, args, results) => {
    const { stdout, stderr } = await runCommand([...args, "--json"], { env });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => typeof JSON.parse(line))).toEqual(new Array(results).fill("object"));
    expect(stderr).toMatch(/loading.*working/s);
  });
});

describe("code that ends its process fails the command, which names it:", () => {
  it.each([
    [
      "a function in a serial batch",
      [...work("batch", unruly, "quit"), "--mode", "serial"],
      /\["quit",3\].*exit code 0/s,
    ],
    ["a module in a plan", work("plan", fixture("local-grid/exits.mjs"), "double"), /INVALID_MODULE.*exits\.mjs/],
    ["a module of scores", [...mapreduce, "--score", fixture("local-grid/exits.mjs")], /INVALID_MODULE.*exits\.mjs/],
  ])("%s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await runCommand(args, { env });
    expect(stderr).toMatch(message);
    expect([exitCode === 0, stdout]).toEqual([false, ""]);
  });
});

describe("Ctrl-C ends a command whose code never returns:", () => {
  it.each([
    ["a serial batch", [...work("batch", unruly, "spin"), "--mode", "serial"], "spinning", "never"],
    ["a plan that loads its module", work("plan", fixture("cli/spins.mjs"), "spin"), "loading", "loading"],
    ["the scores of hosts", [...mapreduce, "--score", fixture("cli/spins.mjs")], "scoring", "never"],
  ])("%s", async (_, args, sign, spins) => {
    const command = startCommand(args, { env: { ...env, SPINS: spins } });
    await command.says(sign);
    command.kill("SIGINT");
    expect(await command.ended).toMatchObject({
      exitCode: 130,
      stdout: "",
      stderr: expect.stringMatching(/^interrupted by SIGINT$/m),
    });
  });
});
