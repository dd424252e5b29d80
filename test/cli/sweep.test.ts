/** `callgrid sweep`: within this process, and as processes where their end matters. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { type JobValue, type RequestError, withSettings } from "@callgrid/core";
import { localGrid } from "callgrid";
import { describe, expect, it } from "vitest";
import { startCommand } from "../harness/command.ts";
import { runHere } from "../harness/own-command.ts";
import {
  evaluated,
  freshFolder,
  notedJobs,
  oneMachine,
  rowsOf,
  runSweep,
  sweepFolder,
} from "../harness/sweep-folder.ts";
import { until } from "../harness/until.ts";

describe("callgrid sweep init", () => {
  it("writes a sweep that runs without edits, and writes over nothing", async () => {
    const folder = join(freshFolder(), "init");
    const init = await runHere(["sweep", "init", "--folder", folder]);
    expect(init.stdout.trim().split("\n")).toEqual(
      ["sweep.ts", "sweep.toml", "machines.json", "columns.csv"].map((name) => join(folder, name)),
    );
    mkdirSync(join(folder, "node_modules"));
    const own = fileURLToPath(new URL("../../packages/callgrid", import.meta.url));
    symlinkSync(own, join(folder, "node_modules", "callgrid"));
    const { exitCode, stderr } = await runSweep(folder, "--machine", machineIn(folder));
    expect(stderr).toMatch(/^digest [a-z]+-[a-z]+-[a-z]+-[a-z]+ [0-9a-f]{16}\nmachine \S+: 60 of 60 jobs on \d+ core/);
    expect([exitCode, rowsOf(folder, machineIn(folder)).length]).toEqual([0, 60]);
    rmSync(join(folder, "machines.json"));
    rmSync(join(folder, "columns.csv"));
    expect((await runHere(["sweep", "init", "--folder", folder])).stderr).toContain(
      `${join(folder, "sweep.ts")}, ${join(folder, "sweep.toml")} are there already; nothing was written`,
    );
    expect(existsSync(join(folder, "columns.csv"))).toBe(false);
  });
});

function machineIn(folder: string): string {
  return /"([^"]+)": \{/.exec(readFileSync(join(folder, "machines.json"), "utf8"))?.[1] ?? "";
}

describe("callgrid sweep run", () => {
  it("writes the rows of its share, and evaluates nothing again", async () => {
    const folder = sweepFolder({ jobs: 'names: ["x"], jobs: [[1], [2], [1], [3]]' });
    const first = await runSweep(folder);
    expect(first.exitCode).toBe(0);
    expect(first.stderr).toContain("1 job with arguments of earlier ones: these are evaluated once");
    expect(rowsOf(folder)).toEqual(["0,1,2", "1,2,4", "2,1,2", "3,3,6"]);
    expect(await runSweep(folder)).toMatchObject({ exitCode: 0, stdout: "" });
    expect(rowsOf(folder)).toHaveLength(4);
    expect(evaluated(folder)).toEqual(["1", "2", "3"]);
  });

  it("splits the jobs between machines, each job to one", async () => {
    const machines = '{ "a": { "performance": 1, "cores": 1 }, "b": { "performance": 2, "cores": 1 } }';
    const folder = sweepFolder({ machines, jobs: 'names: ["x"], jobs: Array.from({ length: 30 }, (_, x) => [x])' });
    const [a, b] = [await runSweep(folder, "--machine", "a"), await runSweep(folder, "--machine", "b")];
    expect(a.stderr).toContain("machine a: 10 of 30 jobs on 1 core\n");
    expect(b.stderr).toContain("machine b: 20 of 30 jobs on 1 core\n");
    expect(b.stderr.split("\n")[0]).toBe(a.stderr.split("\n")[0]);
    expect(evaluated(folder)).toHaveLength(30);
    expect(new Set([...rowsOf(folder, "a"), ...rowsOf(folder, "b")]).size).toBe(30);
  });

  it("keeps failed jobs with their error trees, and evaluates them again on request only", async () => {
    const job = "(x) => { if (x === 2) throw new Error('no two'); return { double: 2 * x }; }";
    const folder = sweepFolder({ job });
    const failed = await runSweep(folder);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain("3 jobs finished, 1 failed, see ");
    const failure = JSON.parse(readFileSync(join(folder, "results", "here", "failed.ndjson"), "utf8"));
    const error = { msg: "no two", req: '["job",2]', details: { worker: expect.stringMatching(/^pool\/./) } };
    expect(failure).toMatchObject({ job: 1, args: [2], error });
    expect((await runSweep(folder)).exitCode).toBe(1);
    expect(evaluated(folder)).toHaveLength(3);
    expect((await runSweep(folder, "--retry-failed")).exitCode).toBe(1);
    expect(evaluated(folder)).toHaveLength(4);
  });

  it("has short jobs, which travel in groups, see what they would see by themselves", async () => {
    const job = `async (x, list) => {
      const { requestId, random, randomFor, config, functionName, log } = context();
      list.push(x);
      log.info("begun");
      if (x === 150) throw new Error("no 150");
      const [child] = await callReentrant([["child", x]]);
      return { double: [requestId, random.uniform(), randomFor("job").uniform(), config.number("rate"), functionName, child, list.length].join(" ") };
    }`;
    const columns = "job,run start,job start,job seconds,x,list,double";
    const jobs = 'names: ["x", "list"], jobs: Array.from({ length: 200 }, (_, x) => [x, [7]])';
    const folder = sweepFolder({ job, jobs, config: "seed = 3\nrate = 2\n", columns });
    const module = join(folder, "sweep.mjs");
    const text = readFileSync(module, "utf8").replace("{ context,", "{ callReentrant, context,");
    writeFileSync(module, `${text}\ndefine("child", (x) => x + 1);\n`);
    expect((await runSweep(folder, "--job-logs")).exitCode).toBe(1);
    const failure = JSON.parse(readFileSync(join(folder, "results", "here", "failed.ndjson"), "utf8"));
    await using grid = await localGrid({ functions: module, workers: 1 });
    const alone = (x: number) =>
      grid.enqueue(grid.pool, withSettings(["job", x, [7]], { config: { seed: 3, rate: 2 }, seed: 3, job: x }));
    const rows = new Map(rowsOf(folder).map((row) => [Number(row.split(",")[0]), row]));
    expect(rows.size).toBe(199);
    for (const x of [0, 149, 199]) {
      const { value } = (await alone(x)) as JobValue;
      expect(rows.get(x)?.split(",").at(-1)).toBe((value as { readonly double: string }).double);
    }
    const thrown = await alone(150).catch((error: unknown) => error);
    const { tree } = thrown as RequestError;
    expect(failure).toMatchObject({ job: 150, error: { msg: tree.msg, code: tree.code, req: tree.req } });
    const logs = readdirSync(join(folder, "results", "here", "jobs"));
    expect(logs).toHaveLength(200);
    const log = gunzipSync(readFileSync(join(folder, "results", "here", "jobs", "000199.log.gz"))).toString();
    expect(JSON.parse(log)).toMatchObject({ job: 199, msg: "begun", function: "job" });
  });

  it("has the pool know which job a worker is at, and how far that is", async () => {
    const job = "async () => { context().progress(40); await new Promise((resolve) => setTimeout(resolve, 3_000)); }";
    const folder = sweepFolder({ job });
    await using grid = await localGrid({ functions: join(folder, "sweep.mjs"), workers: 1 });
    const outcome = grid.enqueue(grid.pool, withSettings(["job", 1], { config: {}, seed: 1, job: 17 }));
    await until(async () => ((await grid.status(grid.pool)).progress ?? []).length > 0);
    expect((await grid.status(grid.pool)).progress).toEqual([
      {
        id: expect.any(String),
        worker: expect.any(String),
        done: 40,
        total: 100,
        slice: { index: 17, forMs: expect.any(Number) },
      },
    ]);
    await outcome;
  });

  it("keeps what jobs log, for the machine and on request for each job", async () => {
    const folder = sweepFolder({ job: '(x) => { context().log.info("begun"); return { double: 2 * x }; }' });
    await runSweep(folder, "--job-logs");
    const output = join(folder, "results", "here");
    expect(readFileSync(join(output, "machine.log"), "utf8").split('"msg":"begun"')).toHaveLength(4);
    const own = gunzipSync(readFileSync(join(output, "jobs", "000001.log.gz"))).toString();
    expect(JSON.parse(own)).toMatchObject({ job: 1, msg: "begun", function: "job" });
  });

  it("fails the jobs that ask for a section which the configuration lacks", async () => {
    const folder = sweepFolder({ job: '(x) => context().config.section("model").number("rate")' });
    expect((await runSweep(folder)).exitCode).toBe(1);
    expect(readFileSync(join(folder, "results", "here", "failed.ndjson"), "utf8")).toContain(
      "the configuration has no section [model]",
    );
  });

  it("refuses a mistake in a file before anything starts", async () => {
    const noMachines = sweepFolder();
    rmSync(join(noMachines, "machines.json"));
    const outcomes = [
      await runSweep(noMachines),
      await runSweep(sweepFolder(), "--machine", "there"),
      await runSweep(sweepFolder({ machines: '{ "a": { "performance": 0, "cores": 1 } }' })),
      await runSweep(
        sweepFolder({ machines: oneMachine.replace("}}", `}, ${oneMachine.slice(1)}`) }),
        "--machine",
        "x",
      ),
      await runSweep(sweepFolder({ columns: "job,x,double" })),
      await runSweep(sweepFolder({ jobs: 'names: ["x"], jobs: [[() => 1]]' })),
      await runSweep(
        sweepFolder({ machines: '{ "a": { "performance": 1, "cores": 1 }, "b": { "performance": 1, "cores": 1 } }' }),
      ),
    ];
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual(outcomes.map(() => 2));
    const said = outcomes.map(({ stderr }) => stderr);
    expect(said[0]).toContain("machines.json: there is no such file");
    expect(said[1]).toContain('--machine "there" is not in machines.json, which has here');
    expect(said[2]).toContain("machines.json line 1, key a.performance: expected a number above 0, got 0");
    expect(said[4]).toContain('the header lacks "run start", "job start", "job seconds"');
    expect(said[5]).toContain("the arguments of a job must be plain data: jobs[0][0]");
    expect(said[6]).toContain("--machine must be given: machines.json has a, b");
  });

  it("refuses a list of jobs that differs when it is listed again", async () => {
    const folder = sweepFolder({ jobs: 'names: ["x"], jobs: [[Math.random()]]' });
    const { exitCode, stderr } = await runSweep(folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/the digest changed from [0-9a-f]{64} to [0-9a-f]{64} when the jobs were listed again/);
    expect(evaluated(folder)).toEqual([]);
  });

  it("refuses a folder whose experiment has changed", async () => {
    const folder = sweepFolder();
    await runSweep(folder);
    writeFileSync(join(folder, "sweep.toml"), "seed = 2\n");
    const { exitCode, stderr } = await runSweep(folder);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("the digest of the jobs and the configuration changed from");
  });

  it.runIf(existsSync("/dev/full"))("stops when the disk is full, and goes on when there is room", async () => {
    const folder = sweepFolder();
    const output = join(folder, "results", "here");
    mkdirSync(output, { recursive: true });
    symlinkSync("/dev/full", join(output, "results.csv.gz"));
    const full = await runSweep(folder);
    expect(full.exitCode).toBe(1);
    expect(full.stderr).toContain("results.csv.gz could not be written: the disk is full");
    const noted = notedJobs(folder);
    rmSync(join(output, "results.csv.gz"));
    expect((await runSweep(folder)).exitCode).toBe(0);
    expect(rowsOf(folder)).toHaveLength(3);
    for (const job of noted) expect(evaluated(folder).filter((x) => x === String(job + 1))).toHaveLength(1);
  });

  it("goes on after kill -9, and refuses a second process of the same machine", async () => {
    const job =
      "async (x) => { if (x === 5) await new Promise(() => setInterval(() => {}, 1000)); return { double: 2 * x }; }";
    const folder = sweepFolder({ jobs: 'names: ["x"], jobs: [0, 1, 2, 3, 5].map((x) => [x])', job });
    const started = startCommand(["sweep", "run", "--folder", folder]);
    await until(() => evaluated(folder).includes("5") && notedJobs(folder).length >= 1);
    const second = await runSweep(folder);
    expect([second.exitCode, second.stderr]).toEqual([
      2,
      expect.stringContaining("is in use: another process runs this share"),
    ]);
    started.kill("SIGKILL");
    await started.ended;
    const noted = notedJobs(folder);
    const module = readFileSync(join(folder, "sweep.mjs"), "utf8");
    writeFileSync(join(folder, "sweep.mjs"), module.replace("if (x === 5)", "if (false)"));
    expect((await runSweep(folder)).exitCode).toBe(0);
    expect(rowsOf(folder)).toHaveLength(5);
    const values = [0, 1, 2, 3, 5];
    for (const place of noted) expect(evaluated(folder).filter((x) => x === String(values[place]))).toHaveLength(1);
  });
});

describe("a clock that is set back", () => {
  it("changes nothing for what is finished, and no job has a negative time", async () => {
    const folder = sweepFolder({
      job: "(x) => { if (x === 2) { const now = Date.now; Date.now = () => now() - 86_400_000; } return { double: 2 * x }; }",
    });
    expect((await runSweep(folder)).exitCode).toBe(0);
    const path = join(folder, "results", "here", "snapshot.ndjson");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    // the first job was finished tomorrow, and the others not at all
    const [header = "", first = "{}"] = lines;
    const { runMs, startedMs, ...rest } = JSON.parse(first) as Record<string, unknown>;
    const later = JSON.stringify({
      ...rest,
      runMs: Number(runMs) + 86_400_000,
      startedMs: Number(startedMs) + 86_400_000,
    });
    writeFileSync(path, `${header}\n${later}\n`);
    const again = await runSweep(folder);
    expect([again.exitCode, again.stderr]).toEqual([0, expect.stringContaining("3 jobs finished\n")]);
    expect(evaluated(folder)).toHaveLength(5);
    expect(rowsOf(folder)).toEqual(["0,1,2", "1,2,4", "2,3,6"]);
    const text = gunzipSync(readFileSync(join(folder, "results", "here", "results.csv.gz"))).toString();
    const seconds = text
      .trim()
      .split("\n")
      .slice(1)
      .map((row) => Number(row.split(",")[3]));
    for (const took of seconds) expect(took).toBeGreaterThanOrEqual(0);
  });
});
