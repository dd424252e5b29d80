/** Sweeps over several machines, and on a pool: their shares, what is merged, and machines that die or change. */
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, inject, it } from "vitest";
import { startCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { runHere } from "../harness/own-command.ts";
import { evaluated, notedJobs, runSweep, sweepFolder } from "../harness/sweep-folder.ts";
import { until } from "../harness/until.ts";

const three = `{ "a": { "performance": 1, "cores": 1 }, "b": { "performance": 1, "cores": 2 }, "c": { "performance": 2, "cores": 1 } }`;
/** Jobs of uneven cost, which draw a number each. */
const uneven =
  "(x) => { const end = performance.now() + (x % 50 === 0 ? 20 : 0.2); while (performance.now() < end); " +
  'return { double: context().randomFor("job").uniform() }; }';

function merge(folder: string, ...names: string[]) {
  const folders = names.map((name) => join(folder, "results", name));
  return runHere(["sweep", "merge", "--folder", folder, ...folders]);
}

function mergedRows(folder: string): string[] {
  const text = gunzipSync(readFileSync(join(folder, "merged", "results.csv.gz"))).toString();
  return text.split("\n").map((row) =>
    row
      .split(",")
      .filter((_, place) => place === 0 || place > 3)
      .join(","),
  );
}

describe("several machines", () => {
  it("leave to a pool what none of them has finished", async () => {
    const folder = sweepFolder({
      machines: three,
      jobs: 'names: ["x"], jobs: Array.from({ length: 20 }, (_, x) => [x])',
    });
    await runSweep(folder, "--machine", "c");
    const url = inject("redisUrl");
    const grid = `sweep-${randomUUID()}`;
    const functions = join(folder, "sweep.mjs");
    const worker = startCommand(["worker", "--pool", "pool", "--functions", functions, "--url", url, "--grid", grid]);
    const onPool = await runSweep(folder, "--pool", "pool", "--url", url, "--grid", grid);
    worker.kill("SIGTERM");
    expect([onPool.exitCode, onPool.stderr]).toEqual([0, expect.stringContaining("pool pool: 12 of 20 jobs\n")]);
    expect((await merge(folder, "c", "pool-pool")).exitCode).toBe(0);
    const rows = Array.from({ length: 20 }, (_, x) => `${x},${x},${2 * x}`);
    expect(mergedRows(folder)).toEqual(["job,x,double", ...rows, ""]);
    expect(evaluated(folder)).toHaveLength(20);
  });

  it("are measured by the first jobs, and planned for", async () => {
    const job = "(x) => { const end = performance.now() + 20; while (performance.now() < end); return { double: x }; }";
    const folder = sweepFolder({
      machines: `{ "here": { "performance": 1, "cores": 2 }, "dream": { "performance": 1000, "cores": 8 } }`,
      job,
    });
    const sweep = (action: string) => runHere(["sweep", action, "--folder", folder, "--machine", "here"]);
    expect((await sweep("measure")).exitCode).toBe(0);
    const { here } = JSON.parse(readFileSync(join(folder, "machines.json"), "utf8")) as Record<
      string,
      { performance: number; cores: number }
    >;
    expect(here?.performance).toBeGreaterThan(1);
    expect(here?.performance).toBeLessThanOrEqual(50);
    expect(here?.cores).toBe(2);
    const plan = await sweep("plan");
    expect(plan.stdout).toMatch(/machine +performance +cores +jobs +share +hours\nhere .*\ndream +1000 +8 +3 +100 %/);
  });
});

// too long for every run, where others show the parts of it: `scripts/torture --faults test/cli/sweep-machines.test.ts` has them
describe.runIf(shortOrFull(false, true))("several machines, from their start to their merged results,", () => {
  it("finish every job once, also one that is killed twice, and their merged results are those of a single run", async () => {
    const jobs = 'names: ["x"], jobs: Array.from({ length: 1000 }, (_, x) => [x])';
    const folder = sweepFolder({ machines: three, jobs, job: uneven });
    const start = (machine: string) => startCommand(["sweep", "run", "--folder", folder, "--machine", machine]);
    const others = [start("a"), start("c")];
    for (const jobsBefore of [20, 100]) {
      const killed = start("b");
      await until(() => notedJobs(folder, "b").length > jobsBefore);
      killed.kill("SIGKILL");
      await killed.ended;
    }
    const ends = await Promise.all([...others, start("b")].map(({ ended }) => ended));
    expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(new Set(ends.map(({ stderr }) => stderr.split("\n")[0])).size).toBe(1);
    expect(["a", "b", "c"].map((name) => notedJobs(folder, name).length)).toEqual([200, 400, 400]);
    const merged = await merge(folder, "a", "b", "c");
    expect([merged.exitCode, merged.stderr]).toEqual([0, expect.stringContaining("1000 of 1000 jobs in ")]);
    expect(readFileSync(join(folder, "merged", "machine.log"), "utf8")).toContain("joined the pool");
    const single = sweepFolder({ jobs, job: uneven });
    await runSweep(single);
    await merge(single, "here");
    expect(mergedRows(folder)).toEqual(mergedRows(single));
    const shared = sweepFolder({ jobs, job: uneven });
    const url = inject("redisUrl");
    const where = ["--pool", "pool", "--url", url, "--grid", `sweep-${randomUUID()}`];
    const workers = startCommand(["worker", "--functions", join(shared, "sweep.mjs"), "--count", "2", ...where]);
    expect((await runSweep(shared, ...where)).exitCode).toBe(0);
    workers.kill("SIGTERM");
    await workers.ended;
    await merge(shared, "pool-pool");
    expect(mergedRows(shared)).toEqual(mergedRows(single));
  });

  it("share what is left when the machines change, and no job runs twice", async () => {
    const jobs = 'names: ["x"], jobs: Array.from({ length: 30 }, (_, x) => [x])';
    const folder = sweepFolder({ machines: three, jobs });
    await runSweep(folder, "--machine", "a");
    const incomplete = await merge(folder, "a");
    expect([incomplete.exitCode, incomplete.stderr]).toEqual([
      1,
      expect.stringMatching(/24 jobs missing: \d+, .* and 4 more/),
    ]);
    const machines = join(folder, "machines.json");
    writeFileSync(machines, '{ "a": { "performance": 1, "cores": 1 }, "d": { "performance": 2, "cores": 1 } }');
    expect((await runSweep(folder, "--machine", "a")).stderr).toContain(
      "have callgrid sweep rebalance split what is left",
    );
    const results = join(folder, "results", "a");
    const rebalanced = await runHere(["sweep", "rebalance", "--folder", folder, "--machines", machines, results]);
    expect([rebalanced.exitCode, rebalanced.stderr]).toEqual([
      0,
      expect.stringContaining("24 of 30 jobs left for 2 machines"),
    ]);
    expect((await runSweep(folder, "--machine", "a")).stderr).toContain("machine a: 8 of 30 jobs on 1 core\n");
    expect((await runSweep(folder, "--machine", "d")).stderr).toContain("machine d: 16 of 30 jobs on 1 core\n");
    expect((await merge(folder, "a", "d")).exitCode).toBe(0);
    expect(evaluated(folder)).toHaveLength(30);
  });

  it("are refused where their folders are of other experiments", async () => {
    const [one, other] = [sweepFolder(), sweepFolder({ config: "seed = 2" })];
    await runSweep(one);
    await runSweep(other);
    const folders = [one, other].map((folder) => join(folder, "results", "here"));
    const { exitCode, stderr } = await runHere(["sweep", "merge", "--folder", one, ...folders]);
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("is of another experiment: its digest is ")]);
  });
});
