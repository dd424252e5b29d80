/** `callgrid mapreduce`: the example as a process, and everything that can be wrong with its files. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandResult, runCommand } from "../harness/command.ts";
import { CommandPool } from "../harness/command-pool.ts";
import { runHere, SharedGrid } from "../harness/own-command.ts";
import { until } from "../harness/until.ts";

const birds = fileURLToPath(new URL("../../examples/birds", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "callgrid-mapreduce-"));
// so that copies find callgrid as they would in the repository
symlinkSync(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
afterAll(() => rmSync(folder, { recursive: true }));

/** One thread: what it takes to start is most of what these tests cost. */
const oneThread = '{ "hosts": [{ "host": "localhost", "cpus": 1, "memoryGb": 1 }] }';

/** In place of the example's own: to load TypeScript takes a thread a second on Node 20. */
const inJavaScript = {
  "workers/mapper.ts": undefined,
  "workers/reducer.ts": undefined,
  "workers/mapper.mjs": "export const start = (file, from, to) => to - from + 1;\n",
};

let scoring: SharedGrid;
beforeAll(async () => {
  const scoreFunctions = new URL("../../packages/cli/dist/map-reduce/score-functions.js", import.meta.url);
  scoring = await SharedGrid.start(scoreFunctions.href, 1);
});
afterAll(() => scoring.end());

let copies = 0;
/** A copy of the example for one thread, with some of its files written again; `undefined` removes one. */
function copyWith(files: Readonly<Record<string, string | undefined>>): string {
  const copy = join(folder, `copy-${++copies}`);
  cpSync(birds, copy, { recursive: true });
  for (const [name, text] of Object.entries({ "hosts.json": oneThread, ...files })) {
    if (text === undefined) rmSync(join(copy, name));
    else writeFileSync(join(copy, name), text);
  }
  return copy;
}

function argumentsFor(copy: string): string[] {
  return ["mapreduce", "--work", join(copy, "work.json"), "--hosts", join(copy, "hosts.json")];
}

/** In this process, with threads of its own. */
function mapreduce(copy: string, ...more: string[]): Promise<CommandResult> {
  return runHere([...argumentsFor(copy), ...more]);
}

/** Of a run that is refused for its scores: one thread is asked for those of all such runs. */
function scored(copy: string, score: string): Promise<CommandResult> {
  return runHere([...argumentsFor(copy), "--score", score], {}, scoring);
}

it("the birds are counted by colour", async () => {
  const { exitCode, stdout, stderr } = await runCommand(argumentsFor(birds));
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual({ black: 748, blue: 849, green: 431, red: 492, yellow: 886 });
  expect(exitCode).toBe(0);
});

describe("is refused with 2, before anything starts,", () => {
  it.each([
    [
      "without a mapper",
      { "workers/mapper.ts": undefined },
      /INVALID_MODULE.*there is no .*workers\/mapper\.ts; it has to export start/,
    ],
    ["without a reducer", { "workers/reducer.ts": undefined }, /there is no .*workers\/reducer\.ts/],
    [
      "when start is not exported",
      { ...inJavaScript, "workers/reducer.mjs": "export const begin = 1;\n" },
      /workers\/reducer\.mjs exports no function named start/,
    ],
    [
      "when a raw file is missing",
      { "data/river.csv": undefined },
      /work\.json line \d: files\[1\] must be the name of a file under data\/: there is no .*data\/river\.csv/,
    ],
    ["when work.json is missing", { "work.json": undefined }, /work\.json cannot be read: ENOENT/],
    [
      "when work.json is not JSON",
      { "work.json": '{\n  "files": [\n    "a.csv"\n    "b.csv"\n  ]\n}' },
      /work\.json line 4: files is not JSON: unexpected/,
    ],
    ["when work.json lists no files", { "work.json": '{\n  "files": 7\n}' }, /work\.json line 2: files must be a list/],
    [
      "when work.json has a key that is not known",
      { "work.json": '{\n  "files": ["linesPerPeice"],\n  "linesPerPeice": 7\n}' },
      /work\.json line 3: linesPerPeice is not known here; did you mean linesPerPiece\?/,
    ],
    [
      "when a host has a key that is not known",
      {
        "hosts.json":
          '{ "hosts": [\n { "host": "a,[{", "cpus": 1, "memoryGb": 1 },\n { "host": "b", "cpus": 1, "memoryGb": 1,\n "lanuch": "x" }\n] }',
      },
      /hosts\.json line 4: hosts\[1\]\.lanuch is not known here; did you mean launch\?/,
    ],
    [
      "when hosts.json has a key besides hosts",
      { "hosts.json": '{ "hosts": [{ "host": "a", "cpus": 1, "memoryGb": 1 }],\n "pool": 7 }' },
      /hosts\.json line 2: pool is not known here; the keys are hosts/,
    ],
    [
      "when hosts.json ends too early",
      { "hosts.json": '{\n  "hosts": [' },
      /hosts\.json line 2: hosts is not JSON: it ends too early/,
    ],
    [
      "when there are no hosts",
      { "hosts.json": '{ "hosts": [] }' },
      /hosts\.json line 1: hosts is empty: with no host there are no workers/,
    ],
    [
      "when a host has no processors",
      {
        "hosts.json":
          '{\n "hosts": [\n  { "host": "a", "cpus": 1, "memoryGb": 1 },\n  { "host": "b",\n    "cpus": 0, "memoryGb": 1 }\n ]\n}',
      },
      /hosts\.json line 5: hosts\[1\]\.cpus must be the number of its processors/,
    ],
    [
      "when a host's launch is not a command",
      { "hosts.json": '{ "hosts": [\n { "host": "a", "cpus": 1, "memoryGb": 1, "launch": 7 }\n] }' },
      /hosts\.json line 2: hosts\[0\]\.launch must be a command/,
    ],
  ] as ReadonlyArray<readonly [string, Record<string, string | undefined>, RegExp]>)(
    "%s",
    async (_, files, message) => {
      const { exitCode, stdout, stderr } = await mapreduce(copyWith(files));
      expect(stderr).toMatch(message);
      expect([exitCode, stdout]).toEqual([2, ""]);
    },
  );

  it.each([
    ["async () => 1", /score\.mjs: score must return a number of 0 or more, got a promise for host localhost/],
    ["() => NaN", /got NaN for host localhost/],
    ["() => -1", /got -1/],
    ['() => "1"', /got string/],
    ["() => undefined", /got undefined/],
    ['() => { throw new Error("no score"); }', /score\.mjs: score threw for host localhost: no score/],
  ])("when a score is not a number: %s", async (score, message) => {
    const copy = copyWith({ "score.mjs": `export const score = ${score};\n` });
    const { exitCode, stdout, stderr } = await scored(copy, pathToFileURL(join(copy, "score.mjs")).href);
    expect(stderr).toMatch(message);
    expect([exitCode, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
  });

  it("when a host is not up, also where it has a bridge or workers that have died", async () => {
    const copy = copyWith({ "hosts.json": '{ "hosts": [{ "host": "far.example", "cpus": 4, "memoryGb": 8 }] }' });
    const pool = new CommandPool();
    const keeper = await pool.keeper();
    const far = { kind: "worker", functions: new Map([["add", "1"]]) } as const;
    await keeper.join({ ...far, id: "died", leaseMs: -1, description: { host: "far.example" } });
    await keeper.join({
      ...far,
      id: "bridge",
      leaseMs: 60_000,
      description: { host: "far.example", bridgesTo: "leaf" },
    });
    const { exitCode, stderr } = await runHere(argumentsFor(copy), { env: pool.env });
    expect(stderr).toMatch(
      /host far\.example is not up: .*callgrid worker --pool pool --functions .* --count 4 --score 1 --data-folder .*\/data$/m,
    );
    expect(exitCode).toBe(2);
  });
});

it("workers are started on all hosts, over a command where it is another machine, and leave with the run", async () => {
  const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
  const far = {
    ...{ host: "lab-3", cpus: 1, memoryGb: 2 },
    launch: [process.execPath, path("../fixtures/cli/link.mjs"), "{host}", "{command}"],
    program: [process.execPath, path("../../packages/callgrid/bundle/bin.js")],
  };
  const hosts = [{ host: "localhost", cpus: 1, memoryGb: 1 }, far];
  // counts lines, as soon as the test has seen all workers
  const mapper = `import { existsSync } from "node:fs";
    import { setTimeout as pause } from "node:timers/promises";
    export const start = async (file, from, to) => {
      while (!existsSync(new URL("../seen", import.meta.url))) await pause(20);
      return to - from + 1;
    };`;
  const reducer = "export const start = (list) => list.reduce((a, b) => a + b, 0);\n";
  const modules = { ...inJavaScript, "workers/mapper.mjs": mapper, "workers/reducer.mjs": reducer };
  const copy = copyWith({ "hosts.json": JSON.stringify({ hosts }), ...modules });
  const pool = new CommandPool();
  const command = pool.start(...argumentsFor(copy));
  const keeper = await pool.keeper();
  const scores = async (): Promise<unknown[]> =>
    (await keeper.inspect()).members.map(({ description }) => description["score"]);
  await until(async () => (await scores()).length === 2);
  expect((await scores()).sort()).toEqual([0.667, 1.33]);
  writeFileSync(join(copy, "seen"), "");
  const { exitCode, stdout, stderr } = await command.ended;
  expect(stderr).toContain("linked with lab-3\n");
  const lines = readdirSync(join(copy, "data")).flatMap((name) =>
    readFileSync(join(copy, "data", name), "utf8")
      .trimEnd()
      .split("\n"),
  );
  expect(JSON.parse(stdout)).toEqual(lines.length);
  expect([exitCode, await scores()]).toEqual([0, []]);
});

it("a reducer that is not associative is warned of", async () => {
  const mean = "export const start = (list) => list.reduce((a, b) => a + b, 0) / list.length;\n";
  const count = "export const start = (file, from, to) => to - from + from ** 2;\n";
  const copy = copyWith({ ...inJavaScript, "workers/reducer.mjs": mean, "workers/mapper.mjs": count });
  const { stderr } = await mapreduce(copy);
  expect(stderr).toMatch(/warning: the reducer is not associative: of \[.*\] it makes .*, and in groups/);
});

it("a score of the user's own replaces processors times memory, and a reducer that throws fails the run", async () => {
  const copy = copyWith({
    "score.ts": "export const score = ({ cpus }: { readonly cpus: number }): number => cpus;\n",
    "plain.mjs": "export const points = 1;\n",
    "workers/reducer.ts": 'export const start = () => { throw new Error("no sum"); };\n',
  });
  const { exitCode, stderr } = await mapreduce(copy, "--score", join(copy, "score.ts"));
  expect(stderr).toContain("no sum");
  expect(exitCode).toBe(1);
  const refusalOf = async (name: string) => (await scored(copy, join(copy, name))).stderr;
  expect(await refusalOf("none.mjs")).toMatch(/there is no module .*none\.mjs/);
  expect(await refusalOf("plain.mjs")).toMatch(/plain\.mjs exports no function named score/);
});
