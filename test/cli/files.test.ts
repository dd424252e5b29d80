/** The files that commands read and write: how text is read, what is refused before anything is evaluated, and what is kept. */
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { type CommandResult, type StartedCommand, startCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { fixture } from "../harness/fixture.ts";
import { runHere, SharedGrid } from "../harness/own-command.ts";
import { until } from "../harness/until.ts";

const functions = fixture("cli/text-functions");
const folder = mkdtempSync(join(tmpdir(), "callgrid-files-"));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { XDG_STATE_HOME: folder };

let [files, places] = [0, 0];
function file(content: string | Uint8Array, name = "text"): string {
  const path = join(folder, `${++files}-${name}`);
  writeFileSync(path, content);
  return path;
}

let grid: SharedGrid;
beforeAll(async () => {
  grid = await SharedGrid.start(functions, 1);
});
afterAll(() => grid.end());

const batch = ["batch", "--functions", functions, "--process", "same"];
const run = ["run", "--functions", functions, "-"];

function here(args: readonly string[], stdin: string | Uint8Array = ""): Promise<CommandResult> {
  return runHere(args, { env, stdin }, grid);
}

/** The folder of a map/reduce run that returns the lines of its files. */
function work(files: Readonly<Record<string, string | Uint8Array>>, settings: object = {}): string[] {
  const place = join(folder, `${++places}-work`);
  for (const name of ["workers", "data"]) mkdirSync(join(place, name), { recursive: true });
  const module = new URL("../../packages/callgrid/bundle/index.js", import.meta.url).href;
  writeFileSync(
    join(place, "workers/mapper.mjs"),
    `import { readFileLines } from ${JSON.stringify(module)};\nexport const start = readFileLines;\n`,
  );
  writeFileSync(join(place, "workers/reducer.mjs"), "export const start = (lists) => lists.flat();\n");
  for (const [name, content] of Object.entries(files)) writeFileSync(join(place, "data", name), content);
  writeFileSync(join(place, "work.json"), JSON.stringify({ files: Object.keys(files), ...settings }));
  writeFileSync(join(place, "hosts.json"), '{"hosts":[{"host":"localhost","cpus":1,"memoryGb":1}]}');
  return ["mapreduce", "--work", join(place, "work.json"), "--hosts", join(place, "hosts.json")];
}
/** Whether a process has a file open. */
function isOpenIn({ process: { pid } }: StartedCommand, path: string): boolean {
  const open = `/proc/${pid}/fd`;
  return existsSync(open) && readdirSync(open).some((fd) => linkOf(join(open, fd)) === path);
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Each command on the same lines. */
const readers: ReadonlyArray<readonly [string, (lines: Uint8Array) => Promise<CommandResult>]> = [
  ["batch --items", (lines) => here([...batch, "--items", file(lines)])],
  ["batch --items -", (lines) => here([...batch, "--items", "-"], lines)],
  ["run -", (lines) => here(run, lines)],
  ["batch --lines", (lines) => here([...batch.slice(0, -1), "texts", "--lines", file(lines)])],
  ["mapreduce", (lines) => runHere(work({ x: lines }))],
];

const samples = [
  ["Latin-1", Buffer.from('["same","M\xfcller"]\n', "latin1"), /line 1 is not UTF-8/],
  ["UTF-16", Buffer.from('\uFEFF["same",1]\n', "utf16le"), /must be UTF-8 text, and seems to be UTF-16: convert it/],
  ["UTF-16 without a mark", Buffer.from('["same",1]\n', "utf16le"), /must be UTF-8 text, and seems to be UTF-16/],
  ["gzip", gzipSync('["same",1]\n'), /must be UTF-8 text, and is compressed with gzip: unpack it/],
] as const;

describe("text that is not UTF-8 is refused, and nothing comes of it:", () => {
  it.each(readers.flatMap(([command, read]) => samples.map((sample) => [command, read, ...sample] as const)))(
    "%s",
    async (_, read, _name, content, message) => {
      const { exitCode, stdout, stderr } = await read(content);
      expect(stderr).toMatch(message);
      expect([[1, 2].includes(exitCode ?? 0), stdout]).toEqual([true, ""]);
    },
  );
});

describe("lines", () => {
  it.each([
    ["a byte order mark", "\uFEFF1\r\n2\r\n"],
    ["no end of the last", "1\n2"],
    ["empty ones between them", "\n1\n\r\n \n2\n\n"],
  ])("of JSON are read with %s, from a file and from a pipe", async (_, text) => {
    expect(await here([...batch, "--items", file(text)])).toEqual({ exitCode: 0, stdout: "1\n2\n", stderr: "" });
    expect(await here([...batch, "--items", "-"], text)).toEqual({ exitCode: 0, stdout: "1\n2\n", stderr: "" });
  });

  it("of JSON may have any character in them but LF", async () => {
    const value = "a\u2028b\u2029c\u0085d\u007fe";
    const line = `["same",${JSON.stringify(value)}]`;
    const { stdout } = await here(run, `${line}\n${line}\n`);
    expect(
      stdout
        .split("\n")
        .slice(0, 2)
        .map((text) => JSON.parse(text) as unknown),
    ).toEqual([value, value]);
  });

  it("of a file end with LF alone, in a batch as in a map/reduce run", async () => {
    const text = "a\rb\u2028c\r\n\0d\n\ne";
    const lines = ["a\rb\u2028c", "\0d", "", "e"];
    const one = await here([...batch.slice(0, -1), "texts", "--lines", file(text)]);
    expect(JSON.parse(one.stdout)).toEqual(lines);
    const two = await runHere(work({ x: text }));
    expect(JSON.parse(two.stdout)).toEqual(lines);
  });

  it("of an empty file are none", async () => {
    for (const args of [
      [...batch, "--items", file("")],
      [...batch, "--items", "-"],
    ])
      expect(await here(args)).toEqual({ exitCode: 0, stdout: "", stderr: "the data has no slices\n" });
    expect(await here(run)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

  const longest = shortOrFull(2_000_000, 10_000_000);

  it(`may be ${longest / 1_000_000} MB long, and what is wrong in one is given in a few`, async () => {
    const long = "x".repeat(longest);
    const { exitCode, stdout } = await here(run, `["same","${long}"]\n`);
    expect([exitCode, stdout.length]).toEqual([0, long.length + 3]);
    for (const text of [long, `["same","${long}`, `["same","${long}"]]`, `[${"[".repeat(longest)}`]) {
      const refused = await here(run, `["same",1]\n${text}\n`);
      expect(refused).toMatchObject({ exitCode: 2, stdout: "1\n" });
      expect(refused.stderr).toMatch(/stdin line 2 is not JSON: unexpected/);
      expect(refused.stderr.length).toBeLessThan(500);
    }
  });
});

describe("a file that cannot be read is wrong usage:", () => {
  const missing = join(folder, "nowhere");
  it.each([
    [[...batch, "--items", missing], /nowhere cannot be read: ENOENT/],
    [[...batch, "--items", folder], /cannot be read: it is a folder/],
    [[...batch, "--lines", missing], /nowhere cannot be read: ENOENT/],
    [[...batch, "--lines", "data/*.csv"], /\*\.csv cannot be read: ENOENT.*; patterns are for the shell/],
    [[...batch, "--items", "data/*.csv"], /\*\.csv cannot be read: ENOENT.*; patterns are for the shell/],
    [[...batch, "--bytes", folder], /cannot be read: it is not a file/],
    [["plan", ...batch.slice(1), "--items", missing], /nowhere cannot be read: ENOENT/],
    [["logs", "merge", missing], /nowhere cannot be read: ENOENT/],
    [["logs", "merge", folder], /cannot be read: it is a folder/],
    [["runs", "submit", missing], /nowhere cannot be read: ENOENT/],
    [["mapreduce", "--work", folder, "--hosts", missing], /cannot be read: it is a folder/],
  ])("%j", async (args, message) => {
    const { exitCode, stdout, stderr } = await here(args);
    expect(stderr).toMatch(message);
    expect([exitCode, stdout, stderr.trimEnd().split("\n")]).toEqual([2, "", [expect.any(String)]]);
  });

  it.each([
    ["a folder", "x"],
    ["a link to nothing", "link"],
    ["compressed", "packed"],
  ])("of mapreduce, before anything is evaluated: %s", async (_, name) => {
    const args = work({ good: "a\n", packed: gzipSync("a") }, { files: ["good", name] });
    const data = join(args[2] ?? "", "../data");
    mkdirSync(join(data, "x"));
    symlinkSync("nowhere", join(data, "link"));
    const { exitCode, stderr } = await runHere(args);
    expect(stderr).toMatch(
      /work\.json line 1: files\[1\] (must be the name of a file under data\/: there is no|cannot be read)/,
    );
    expect([exitCode, stderr.trimEnd().split("\n").length]).toEqual([2, 1]);
  });
});

describe("a pipe with a name", () => {
  it("is read as a file is, once", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const command = startCommand([...batch, "--workers", "1", "--items", pipe], { env });
    execFileSync("sh", ["-c", `printf '1\\n2\\n' > "$0"`, pipe]);
    expect(await command.ended).toMatchObject({ exitCode: 0, stdout: "1\n2\n", stderr: "" });
  });

  it("does not keep a command from being ended, with a writer or without", async () => {
    for (const hasWriter of [false, true]) {
      const pipe = join(folder, `silent-pipe-${hasWriter}`);
      execFileSync("mkfifo", [pipe]);
      const writer = hasWriter ? openSync(pipe, "r+") : undefined;
      if (writer !== undefined) onTestFinished(() => closeSync(writer));
      const command = startCommand([...batch, "--log-level", "info", "--mode", "serial", "--items", pipe], { env });
      await until(() => isOpenIn(command, pipe));
      command.kill("SIGINT");
      expect(await command.ended).toMatchObject({ exitCode: 130 });
    }
  });

  it("cannot be cut into ranges", async () => {
    const pipe = join(folder, "other-pipe");
    execFileSync("mkfifo", [pipe]);
    const { exitCode, stderr } = await here([...batch, "--lines", pipe]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("cannot be read: it is not a file")]);
  });
});

describe("a file that cannot be written is wrong usage, and nothing is evaluated:", () => {
  const nowhere = join(folder, "no-such-folder/nowhere");
  it.each(["--csv", "--ndjson", "--failed", "--report"])("%s", async (flag) => {
    for (const path of [nowhere, folder]) {
      const { exitCode, stdout, stderr } = await here([...batch, "--range", "0..3", flag, path]);
      expect(stderr).toMatch(`${flag} ${path} cannot be written`);
      expect([exitCode, stdout, stderr.trimEnd().split("\n").length]).toEqual([2, "", 1]);
    }
  });

  it("--checkpoint", async () => {
    for (const path of ["/dev/null/nowhere", "/dev/null", folder]) {
      const { exitCode, stdout, stderr } = await here([...batch, "--range", "0..3", "--checkpoint", path]);
      expect([exitCode, stdout, stderr.trimEnd().split("\n")]).toEqual([2, "", [expect.stringContaining(path)]]);
    }
    expect(existsSync("/dev/null")).toBe(true);
  });
});

describe("a slip costs no file:", () => {
  const range = [...batch, "--range", "0..3"];

  it("a checkpoint that is another file", async () => {
    const notes = file("my notes\n");
    const { exitCode, stderr } = await here([...range, "--checkpoint", notes]);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringContaining("it is a file of another kind, which is left as it is"),
    ]);
    expect(readFileSync(notes, "utf8")).toBe("my notes\n");
  });

  it.each(["--csv", "--ndjson", "--failed", "--report", "--checkpoint"])("%s into what is read", async (flag) => {
    const items = file("1\n2\n");
    const link = `${items}-link`;
    linkSync(items, link);
    for (const [option, path] of [
      ["--items", items],
      ["--lines", link],
      ["--bytes", items],
    ]) {
      const { exitCode, stderr } = await here([...batch, option ?? "", path ?? "", flag, items]);
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringContaining(`${flag} ${items} would overwrite ${option} ${path}`),
      ]);
    }
    expect(readFileSync(items, "utf8")).toBe("1\n2\n");
    const own = file(readFileSync(functions), "functions.ts");
    const code = await here([...batch.slice(0, 2), own, ...range.slice(3), flag, own]);
    expect([code.exitCode, code.stderr]).toEqual([2, expect.stringContaining("would overwrite --functions")]);
    expect(readFileSync(own)).toEqual(readFileSync(functions));
  });

  it("two outputs in one file", async () => {
    const out = join(folder, "out");
    symlinkSync("out", `${out}-link`);
    const { exitCode, stderr } = await here([...range, "--csv", out, "--ndjson", `${out}-link`]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("they are one file")]);
    expect(existsSync(out)).toBe(false);
  });
});

describe("callgrid logs merge", () => {
  const record = (time: number): string => `{"level":30,"time":${time},"msg":"${time}"}\n`;
  const records = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, place) => record(from + place)).join("");
  const merged = (stdout: string): number[] =>
    [...stdout.matchAll(/^\{"level":30,"time":(\d+),"msg":"\d+"\}$/gm)].map(([, time]) => Number(time));

  it("reads a log whose compression was cut short up to there, and names it", async () => {
    const whole = file(records(1, 4), "whole.log");
    const short = file(gzipSync(records(1, 5_001)), "short.log.gz");
    truncateSync(short, 10_000);
    const { exitCode, stdout, stderr } = await runHere(["logs", "merge", whole, short]);
    const times = merged(stdout);
    expect(times.slice(0, 6)).toEqual([1, 1, 2, 2, 3, 3]);
    expect(times.length).toBeGreaterThan(1_000);
    expect(stderr).toMatch(new RegExp(`^${short} cannot be read after line \\d+: unexpected end of file\n$`));
    expect(exitCode).toBe(1);
  });

  it("reads what is not damaged of a compressed log that is damaged in the middle", async () => {
    const packed = gzipSync(records(1, 50_001));
    const good = file(records(300_000, 300_002), "good.log");
    const bad = file(packed.fill(0xff, 150_000, 151_000), "bad.log.gz");
    const { exitCode, stdout, stderr } = await runHere(["logs", "merge", bad, good]);
    const times = merged(stdout);
    expect(times.length).toBeGreaterThan(10_000);
    expect(times.slice(-2)).toEqual([300_000, 300_001]);
    expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/bad\.log\.gz cannot be read after line \d+: /)]);
  });

  it("shows the rest of a log in which a line is not UTF-8, and names the line", async () => {
    const log = file(
      Buffer.concat([Buffer.from(record(1)), Buffer.from("M\xfcller\n", "latin1"), Buffer.from(record(2))]),
    );
    const { exitCode, stdout, stderr } = await runHere(["logs", "merge", log]);
    expect(stdout).toBe(`${record(1)}M\ufffdller\n${record(2)}`);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(`${log} line 2 is not UTF-8`)]);
  });

  it("reports what is compressed by its content, and what was begun and never written is not damage", async () => {
    const args = [file(gzipSync(record(2)), "renamed.log"), file(record(1), "plain.gz"), file("", "empty.log.gz")];
    expect(await runHere(["logs", "merge", ...args])).toEqual({
      exitCode: 0,
      stdout: record(1) + record(2),
      stderr: "",
    });
  });

  it("passes on text without end that is not a log, in order", async () => {
    const log = file(record(1));
    for (let part = 0; part < 40; part += 1) appendFileSync(log, `${"x".repeat(99_999)}\n`);
    appendFileSync(log, record(2));
    const { exitCode, stdout } = await runHere(["logs", "merge", log]);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(readFileSync(log, "utf8"));
  });
});

it("a run to submit is read from stdin as well", async () => {
  const { exitCode, stderr } = await here(["runs", "submit", "-"], "{\n  no\n}");
  expect([exitCode, stderr]).toEqual([
    2,
    expect.stringContaining('stdin line 2 is not JSON: unexpected "n" at character 3'),
  ]);
});
