/** `callgrid batch` and `callgrid plan`: as processes where that matters, and else within this one, on one grid. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { getPriority, tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CommandInput, type CommandResult, runCommand, startCommand } from "../harness/command.ts";
import { fixture } from "../harness/fixture.ts";
import { runHere, SharedGrid } from "../harness/own-command.ts";
import { until } from "../harness/until.ts";

const functions = fixture("batch/functions");
const folder = mkdtempSync(join(tmpdir(), "callgrid-cli-batch-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function path(ending: string): string {
  return join(folder, `file-${++files}${ending}`);
}
/** The process has a folder for its state of its own, so that checkpoints of others do not matter. */
const env = { XDG_STATE_HOME: folder };
const batch = ["batch", "--functions", functions, "--workers", "2"];

let grid: SharedGrid;
beforeAll(async () => {
  grid = await SharedGrid.start(functions, 2);
});
afterAll(() => grid.end());

function run(args: readonly string[], input: CommandInput = { env }): Promise<CommandResult> {
  return runHere(args, input, grid);
}

describe("callgrid batch", () => {
  it("prints the reduced value, and leaves no checkpoint", async () => {
    const args = [...batch, "--process", "double", "--reduce", "sum", "--range", "0..10000"];
    expect(await runCommand(args, { env })).toEqual({ exitCode: 0, stdout: "99990000\n", stderr: "" });
    expect(readdirSync(join(folder, "callgrid", "checkpoints"))).toEqual([]);
  });

  it("lets other processes go first with --nice", async () => {
    const module = path(".mjs");
    const library = new URL("../../packages/callgrid/bundle/index.js", import.meta.url).href;
    writeFileSync(
      module,
      `import { getPriority } from "node:os"; import { define } from "${library}"; define("niceness", () => getPriority());`,
    );
    const args = ["batch", "--functions", module, "--workers", "1", "--process", "niceness", "--range", "0..1"];
    const nice = Math.min(19, getPriority() + 3);
    expect(await runCommand([...args, "--nice", String(nice)], { env })).toMatchObject({ stdout: `${nice}\n` });
  });

  it("prints the values of slices from stdin in order", async () => {
    const args = [...batch, "--process", "double", "--items", "-"];
    expect(await run(args, { env, stdin: "1\n2\n\n3\n" })).toMatchObject({ exitCode: 0, stdout: "2\n4\n6\n" });
  });

  it("counts the words of a file", async () => {
    const words = path(".txt");
    writeFileSync(words, "\uFEFFone two\r\nthree");
    const args = [...batch, "--process", "wordCount", "--reduce", "sum", "--lines", words];
    expect(await run(args)).toMatchObject({ exitCode: 0, stdout: "3\n" });
  });

  it("of an empty file has the value that the reducer makes of nothing", async () => {
    const empty = path(".txt");
    writeFileSync(empty, "");
    const args = [...batch, "--process", "wordCount", "--reduce", "sum", "--lines", empty];
    expect(await run(args)).toMatchObject({ exitCode: 0, stdout: "0\n" });
  });

  it("evaluates what is known again with --cache refresh", async () => {
    const text = path(".txt");
    const write = (first: string): void => {
      writeFileSync(text, "a b\n".repeat(1_500) + first + "a b\n".repeat(50_000));
      utimesSync(text, 1, 1);
    };
    const count = (...more: string[]) =>
      run([...batch, "--process", "wordCount", "--reduce", "sum", "--lines", text, ...more]);
    write("a b\n");
    expect((await count()).stdout).toBe("103002\n");
    // of equal size and time, and other only between the samples that a slice has of its file
    write("abc\n");
    expect((await count()).stdout).toBe("103002\n");
    expect((await count("--cache", "refresh")).stdout).toBe("103001\n");
  });

  it("says on stderr that data has no slices", async () => {
    const args = [...batch, "--process", "double", "--range", "0..0"];
    expect(await run(args)).toEqual({ exitCode: 0, stdout: "", stderr: "the data has no slices\n" });
  });

  it("writes CSV with a header and columns, and failed slices with their trees", async () => {
    const [csv, failed] = [path(".csv"), path(".ndjson")];
    const args = [...batch, "--process", "evenOnly", "--error", "skip", "--range", "0..6"];
    const more = ["--csv", csv, "--failed", failed, "--columns", "start,interval,done,job"];
    const stderr = `3 of 6 slices done, 3 skipped, see ${failed}\n`;
    expect(await run([...args, ...more])).toEqual({ exitCode: 1, stdout: "", stderr });
    const rows = readFileSync(csv, "utf8").trimEnd().split("\n");
    expect(rows[0]).toBe("index,value,start,interval,done,job");
    expect(rows.slice(1).map((row) => row.split(",").slice(0, 2))).toEqual(
      [0, 2, 4].map((x) => [String(x), String(x)]),
    );
    expect(rows[1]).toMatch(/^0,0,\d{4}-\d\d-\d\dT[\d:.]+Z,[\d.]+,\d{4}-[\d-]+T[\d:.]+Z,[\w-]*$/);
    const lines = readFileSync(failed, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject(
      [1, 3, 5].map((x) => ({ index: x, slice: x, error: { msg: `${x} is odd`, req: `["evenOnly",${x}]` } })),
    );
  });

  it("makes columns of parts of values, and warns of one that no value has", async () => {
    const [csv, text] = [path(".csv"), path(".txt")];
    writeFileSync(text, "a b\nc d\n");
    const args = [...batch, "--process", "lineTexts", "--lines", text, "--csv", csv, "--columns", "1,0,stat"];
    const { exitCode, stderr } = await run(args);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining('warning: no value has "stat"')]);
    expect(readFileSync(csv, "utf8")).toBe("index,1,0,stat\n0,c d,a b,\n");
  });

  it("gzips by the name of the file, and quotes what CSV has to", async () => {
    const [csv, ndjson, items] = [path(".csv.gz"), path(".ndjson.gz"), path(".json")];
    const text = path(".txt");
    writeFileSync(text, 'a "b", c\n');
    writeFileSync(items, "");
    const args = [...batch, "--process", "lineTexts", "--lines", text, "--csv", csv, "--ndjson", ndjson];
    expect(await run(args)).toMatchObject({ exitCode: 0 });
    expect(gunzipSync(readFileSync(csv)).toString()).toBe('index,value\n0,"[""a \\""b\\"", c""]"\n');
    expect(JSON.parse(gunzipSync(readFileSync(ndjson)).toString())).toEqual({ index: 0, value: ['a "b", c'] });
  });

  it("warns of texts that a spreadsheet would evaluate, and writes them as they are with the flag for it", async () => {
    const [csv, text] = [path(".csv"), path(".txt")];
    writeFileSync(text, "=1\n");
    const args = [...batch, "--process", "firstLine", "--lines", text, "--csv", csv];
    const escaped = await run(args);
    expect([escaped.exitCode, escaped.stderr]).toEqual([
      0,
      expect.stringMatching(/^warning: .*\.csv has 1 text that begins as/),
    ]);
    expect(readFileSync(csv, "utf8")).toBe("index,value\n0,'=1\n");
    const kept = await run([...args, "--formulas", "keep"]);
    expect([kept.exitCode, kept.stderr]).toEqual([0, expect.stringContaining("a spreadsheet evaluates them")]);
    expect(readFileSync(csv, "utf8")).toBe("index,value\n0,=1\n");
  });

  it("writes a page about the run", async () => {
    const report = path(".html");
    const args = [...batch, "--process", "double", "--reduce", "sum", "--range", "0..1000", "--chunk-units", "100"];
    expect(await run([...args, "--mode", "local", "--name", "doubling", "--report", report])).toMatchObject({
      exitCode: 0,
    });
    expect(statSync(report).mode & 0o777).toBe(0o600);
    const html = readFileSync(report, "utf8");
    expect(html).toContain("<h1>doubling</h1>");
    expect(html).toContain("doubling runs local");
    expect(html.match(/<rect/g)).toHaveLength(10);
  });

  it("says which slice failed, and ends with 1", async () => {
    const args = [...batch, "--process", "evenOnly", "--range", "0..6"];
    const { exitCode, stderr } = await run(args);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Error from request ["evenOnly",1]: 1 is odd');
  });

  it.each([
    [["--process", "double"], /--range, --lines, --bytes or --items must be given, and only one/],
    [["--process", "double", "--range", "0..3", "--items", "-"], /and only one of them/],
    [["--process", "double", "--range", "3"], /two whole numbers with \.\. between them/],
    [["--process", "wordCount", "--lines", "/nowhere/at.txt"], /at\.txt cannot be read: ENOENT/],
    [
      ["--process", "dubble", "--range", "0..3"],
      /no worker of pool "pool" has a function "dubble"; did you mean "double"/,
    ],
    [
      ["--process", "double", "--range", "0..3", "--error", "ignore"],
      /batch\.error must be fail, skip, retry or a function: .*"ignore"/,
    ],
    [
      ["--process", "double", "--range", "0..3", "--pool", "pool", "--log-folder", "logs"],
      /--log-folder is for batches on threads of this machine/,
    ],
  ])("refuses what it cannot do with 2: %j", async (args, message) => {
    const { exitCode, stderr, stdout } = await run([...batch, ...args]);
    expect(stderr).toMatch(message);
    expect([exitCode === 0, stdout]).toEqual([false, ""]);
  });

  it("names the line of an item that is not JSON", async () => {
    const args = [...batch, "--process", "double", "--items", "-"];
    const { exitCode, stderr } = await run(args, { env, stdin: "1\n{\n" });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("line 2 is not JSON");
  });

  it("stops at Ctrl-C, says how to go on, and then continues from the finished chunks", async () => {
    const csv = path(".csv");
    const marks = path(".marks");
    const args = [...batch, "--process", "markedNap", "--range", "0..60", "--chunk-units", "2", "--csv", csv];
    const started = startCommand(args, { env: { ...env, MARKS: marks } });
    await until(() => existsSync(marks) && readFileSync(marks, "utf8").split("\n").length > 12);
    started.kill("SIGINT");
    const stopped = await started.ended;
    expect(stopped.exitCode).toBe(130);
    expect(stopped.stderr).toMatch(
      /\d+ chunks? (is|are) finished and kept in .*; to go on from there, run the same command again/,
    );
    const finished = Number(/(\d+) chunk/.exec(stopped.stderr)?.[1]);
    expect(finished).toBeGreaterThan(0);
    const before = readFileSync(marks, "utf8").trimEnd().split("\n").length;
    const resumed = await runCommand(args, { env: { ...env, MARKS: marks } });
    expect(resumed).toMatchObject({ exitCode: 0, stderr: "" });
    const rows = readFileSync(csv, "utf8").trimEnd().split("\n").slice(1);
    expect(rows).toEqual(Array.from({ length: 60 }, (_, x) => `${x},${x}`));
    const after = readFileSync(marks, "utf8").trimEnd().split("\n").length;
    expect(after - before).toBe(60 - 2 * finished);
  });

  it("has no checkpoint while an equal one runs, and one of its own where it is not equal", async () => {
    const args = [...batch, "--process", "napFor100", "--range", "0..8", "--chunk-units", "1"];
    const other = [...args, "--cache", "refresh"];
    const results = await Promise.all([args, args, other].map((each) => run(each)));
    const values = Array.from({ length: 8 }, (_, x) => `${x}\n`).join("");
    expect(results.map(({ stdout }) => stdout)).toEqual([values, values, values]);
    const warned = results.filter(({ stderr }) => stderr.startsWith("this run cannot be resumed"));
    expect(warned).toHaveLength(1);
    expect(warned[0]?.stderr).toMatch(/another batch has it \(process \d+/);
  });

  it("takes files whose names have commas and blanks", async () => {
    const names = ["a, b.txt", " c.txt", "d,.txt"].map((name) => join(folder, name));
    for (const name of names) writeFileSync(name, "one two\n");
    const args = [...batch, "--process", "wordCount", "--reduce", "sum"];
    const [first = "", ...others] = names;
    expect(await run([...args, "--lines", first, "--lines", others.join(",")])).toMatchObject({ stdout: "6\n" });
  });

  it.runIf(existsSync("/dev/full"))("stops when the disk is full, and goes on when there is room", async () => {
    const args = [...batch, "--process", "double", "--range", "0..20000", "--chunk-units", "500"];
    const full = await run([...args, "--csv", "/dev/full"]);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toContain("FILE_UNWRITABLE: /dev/full could not be written: the disk is full\n");
    expect(full.stderr).toContain("to go on from there, run the same command again");
    const csv = path(".csv");
    expect(await run([...args, "--csv", csv])).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readFileSync(csv, "utf8").trimEnd().split("\n")).toHaveLength(20_001);
  });
});

describe("callgrid plan", () => {
  it("says what was chosen and why, with a table for other numbers of nodes", async () => {
    const args = ["plan", "--functions", functions, "--workers", "2", "--process", "napFor30", "--range", "0..1000"];
    const { exitCode, stdout } = await run([...args, "--nodes", "4,24,500"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('batch runs local: on 2 threads of this machine, for the objective "fast"');
    expect(stdout).toMatch(/Measured on \d+ slices: \d+ ms a slice/);
    expect(stdout).toMatch(/nodes +time +CPU time +nodes × time +a chunk +time as a curve\n +4 .*█\n +24 .*█\n +500 /);
    const json = await run([...args, "--nodes", "4", "--json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({ mode: "local", predictions: [{ nodes: 4, lanes: 4 }] });
  });

  it("says how many nodes are needed within a time, of items from stdin by a hint of how many", async () => {
    const args = ["plan", "--functions", functions, "--workers", "2", "--process", "napFor30", "--items", "-"];
    const stdin = Array.from({ length: 200 }, (_, i) => `${i}\n`).join("");
    const rates = await run([...args, "--nodes", "1,10", "--within", "10m"], { env, stdin });
    expect(rates.stdout).toMatch(/slices per second +time per 1,000 slices +slices in 10 min/);
    const counted = await run([...args, "--count", "200000", "--within", "1h"], { env, stdin });
    expect(counted.stdout).toMatch(/To be done within 1 h, it needs 2 nodes/);
  });

  it("says serial for little work", async () => {
    const args = ["plan", "--functions", functions, "--process", "double", "--range", "0..100"];
    expect((await run(args)).stdout).toMatch(/^batch runs serial: in this process/);
  });

  it("runs the batch with each number of workers and size of chunks, and prints the times beside the predicted ones", async () => {
    const data = path(".txt");
    writeFileSync(data, "12345678\n".repeat(20_000));
    const module = path(".mjs");
    const library = new URL("../../packages/callgrid/bundle/index.js", import.meta.url).href;
    const nap =
      "({ from, to }) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, (to - from) / 500) && to - from";
    writeFileSync(module, `import { define } from "${library}"; define("bytesSlowly", ${nap});`);
    const args = ["plan", "--functions", module, "--process", "bytesSlowly", "--bytes", data];
    const given = [...args, "--measure", "1,2", "--chunks", "20k,40KiB"];
    const { exitCode, stdout, stderr } = await runHere([...given, "--json"], { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    const measured = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { measuredMs: number; predictedMs: number });
    expect(measured).toMatchObject([
      { workers: 1, chunkUnits: 20_000, unit: "byte" },
      { workers: 2, chunkUnits: 20_000 },
      { workers: 1, chunkUnits: 40_960 },
      { workers: 2, chunkUnits: 40_960 },
    ]);
    // the function takes 40 ms a chunk of 20,000 bytes, of which there are 9; how busy the machine is shows in both times
    for (const { measuredMs, predictedMs } of measured) {
      expect(measuredMs).toBeGreaterThan(90);
      expect(predictedMs).toBeGreaterThan(90);
    }
    expect(stderr).toContain("measuring with 2 workers, chunks of 40,960\n");
  });

  it("without sizes of chunks shows what the planner chose", async () => {
    const args = ["plan", "--functions", functions, "--process", "napFor30", "--range", "0..40"];
    const { stdout } = await runHere([...args, "--measure", "1,2"], { env });
    expect(stdout).toMatch(/^slices a chunk +workers +measured +predicted +measured \/ predicted +speed-up\n/);
    const rows = /\n\d+ at first +1 +[\d.]+ m?s +[\d.]+ m?s +\d\.\d\d +1\.00\n\d+ at first +2 .* (\d\.\d\d)\n$/;
    expect(stdout).toMatch(rows);
    expect(Number(rows.exec(stdout)?.[1])).toBeGreaterThan(1.1);
  });

  it.each([
    [["--pool", "pool"], "--measure counts worker threads of this machine: leave out --pool and give --functions"],
    [["--mode", "serial"], "--measure runs on worker threads: leave out --mode serial"],
    [["--workers", "2"], "--measure has the numbers of workers: leave out --workers"],
    [["--chunk-units", "2"], "--measure has the sizes of chunks in --chunks: leave out --chunk-units"],
    [["--objective", "cheap"], "--measure uses all workers: leave out --objective cheap"],
    [["--nodes", "2"], "--nodes and --within are for a plan, not for --measure"],
    [["--measure", "0"], '--measure [0] must be numbers of workers, such as 1,2,4, got "0"'],
    [["--chunks", "3x"], '--chunks [0] must be sizes of chunks, such as 500, 30k or 64KiB, got "3x"'],
  ])("--measure with %j is refused", async (more, reason) => {
    const args = ["plan", "--functions", functions, "--process", "double", "--range", "0..10", "--measure", "1"];
    expect(await run([...args, ...more])).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: expect.stringContaining(reason),
    });
  });

  it("--measure reads no data from stdin, and --chunks is for --measure", async () => {
    const args = ["plan", "--functions", functions, "--process", "double"];
    const twice = await run([...args, "--items", "-", "--measure", "1"], { env, stdin: "1\n" });
    expect(twice.stderr).toContain("--measure reads the data several times, which stdin has only once");
    const alone = await run([...args, "--range", "0..10", "--chunks", "5"]);
    expect(alone).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--chunks is for --measure") });
  });
});
