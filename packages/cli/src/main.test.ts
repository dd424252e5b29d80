import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { GridError } from "@callgrid/core";
import { describe, expect, it, vi } from "vitest";
import { commands as entries } from "./command-table.ts";
import { main } from "./main.ts";
import type { CliIo } from "./terminal/io.ts";

/** Runs a command line in this process, with an environment that says nothing. */
async function run(...args: string[]) {
  return runWith({}, ...args);
}

async function runWith(env: CliIo["env"], ...args: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io: CliIo = { stdin: Readable.from([]), stdout, stderr, env, onSignal: () => () => undefined };
  const localGrid = () => Promise.reject(new GridError("INVALID_MODULE", "functions.ts defines no function"));
  const output = Promise.all([text(stdout), text(stderr)]);
  const exitCode = await main(args, io, { localGrid });
  stdout.end();
  stderr.end();
  const [printed, logged] = await output;
  return { exitCode, stdout: printed, stderr: logged };
}

const commands = ["run", "worker", "distributor", "enqueue", "status", "why", "forget"];

it("a module that no flag names is shown with its flag, by commands that have that flag", async () => {
  const file = fileURLToPath(import.meta.url);
  for (const command of ["worker", "run"]) {
    const { exitCode, stderr } = await run(command, file);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining(`Did you mean --functions ${file}?`)]);
  }
  expect((await run("status", "pool", file)).stderr).not.toContain("Did you mean");
});

describe("help", () => {
  it.each(commands)("of %s has examples and exit codes, on stdout", async (command) => {
    const { exitCode, stdout, stderr } = await run(command, "--help");
    expect([exitCode, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(new RegExp(`Examples:\n {2}callgrid ${command} `));
    expect(stdout).toMatch(/Exit codes:\n {2}0 +fine\n/);
    expect(stdout).toContain("--json");
  });

  it("names every command", async () => {
    const { exitCode, stdout } = await run("--help");
    expect(exitCode).toBe(0);
    for (const command of commands) expect(stdout).toContain(`\n  ${command} `);
  });
});

it.each([[["--help"]], [["--version"]], [["help"]], [["stats"]]])("%j loads no command", async (argv) => {
  const loads = [...entries.values()].map((entry) => vi.spyOn(entry, "load"));
  await run(...argv);
  expect(loads.filter((load) => load.mock.calls.length > 0)).toEqual([]);
  vi.restoreAllMocks();
});

it("`help status` shows the options of status", async () => {
  const { exitCode, stdout } = await run("help", "status");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("--connect-timeout-ms");
});

describe("wrong usage ends with 2 and says what is wrong, on stderr alone", () => {
  it.each<[string, readonly string[], RegExp]>([
    ["no command", [], /Usage: callgrid/],
    ["an unknown command", ["stats"], /Did you mean status/],
    ["an unknown flag", ["status", "pool", "--jsn"], /Did you mean --json/],
    ["a missing argument", ["enqueue", "pool"], /missing required argument 'request'/],
    ["a missing option", ["worker", "--pool", "pool"], /--functions must be given.*CALLGRID_FUNCTIONS/s],
    [
      "a value out of range",
      ["worker", "--pool", "pool", "--functions", "functions.ts", "--count", "0"],
      /--count must be .* from 1 to/,
    ],
    [
      "a malformed duration",
      ["status", "pool", "--connect-timeout-ms", "fast"],
      /--connect-timeout-ms must be a number/,
    ],
    ["a malformed pool", ["status", "a pool"], /invalid pool id "a pool"/],
    [
      "a malformed pool of a worker",
      ["worker", "--pool", "a pool", "--functions", "functions.ts"],
      /invalid pool id "a pool"/,
    ],
    ["a URL of no Redis", ["status", "pool", "--url", "http://localhost"], /not the URL of a Redis/],
    [
      "a request that is not JSON",
      ["run", "--functions", "functions.ts", "[ratio,7]"],
      /unexpected "r" at character 2\n.*\n {3}\^/,
    ],
    ["a request of no function", ["run", "--functions", "functions.ts", "[7]"], /starts with a function name/],
    ["neither request nor id", ["why", "pool", "ratio"], /neither a request/],
  ])("%s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await run(...args);
    expect(stderr).toMatch(message);
    expect([exitCode, stdout]).toEqual([2, ""]);
  });
});

it("an error is JSON on stdout where results are, and words on stderr all the same", async () => {
  const { exitCode, stdout, stderr } = await run("run", "--functions", "functions.ts", "--json", '["f"]');
  const message = "functions.ts defines no function";
  expect(JSON.parse(stdout)).toEqual({ error: { msg: message, code: "INVALID_MODULE", details: {} } });
  expect([exitCode, stderr]).toEqual([2, `INVALID_MODULE: ${message}\n`]);
});

it.each(["host", "batch", "runner", "worker", "status"])(
  "%s warns of a misspelt variable, and of no other",
  async (command) => {
    const env = {
      CALLGRID_URI: "redis://there",
      CALLGRID_WORKERS: "3",
      CALLGRID_COUNT: "2",
      CALLGRID_CHECK_EVERY_MS: "9",
    };
    const { stderr } = await runWith(env, command, "--nothing");
    const warnings = stderr.split("\n").filter((line) => line.startsWith("warning"));
    expect(warnings).toEqual([
      `warning: CALLGRID_URI is not a variable of callgrid ${command}; did you mean CALLGRID_URL?`,
    ]);
  },
);
