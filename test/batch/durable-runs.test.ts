/** Durable runs: real runners, workers and clients as processes, and what happens to a run when they are killed. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { RunQueue, type RunSummary } from "@callgrid/batch/runs";
import { range } from "callgrid";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { BatchStage, batchFunctions, SharedEnds } from "../harness/batch-stage.ts";
import { type CommandResult, StartedCommand, startCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { runHere } from "../harness/own-command.ts";
import { until } from "../harness/until.ts";
import { GridProcess } from "../harness/worker-processes.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-runs-"));
const outside = mkdtempSync(join(tmpdir(), "callgrid-runs-outside-"));
afterAll(() => {
  for (const made of [folder, outside]) rmSync(made, { recursive: true });
});
let files = 0;

class RunStage extends BatchStage {
  readonly #queue = new RunQueue({ url: this.url, grid: this.name });

  constructor(atEnd: (end: () => Promise<void>) => void = onTestFinished) {
    super(atEnd);
    atEnd(() => this.#queue.close());
  }

  runs(...args: string[]): Promise<CommandResult> {
    return runHere(["runs", ...args], { env: this.env });
  }

  async show(id: string): Promise<RunSummary> {
    return (await this.#queue.show(id)) as RunSummary;
  }

  list(): ReturnType<RunQueue["list"]> {
    return this.#queue.list();
  }

  /** The first slice of each chunk that was cut, and after the last one where the next would begin. */
  async borders(id: string): Promise<number[]> {
    const borders = [0];
    for (const { units } of (await this.#queue.cutsOf(id)).cuts) borders.push((borders.at(-1) ?? 0) + units);
    return borders;
  }

  /** A runner that takes runs. */
  async runner(): Promise<StartedCommand> {
    const runner = new StartedCommand(["runner", "--json", "--lock-ms", "1s", "--output-folder", folder], this.env);
    this.atEnd(() => runner.killAll());
    await runner.firstLine();
    return runner;
  }

  /** Resolves once the run is so; no event announces that, so it is polled. */
  async until(id: string, isSo: (run: RunSummary) => boolean): Promise<RunSummary> {
    let run = await this.show(id);
    const look = async (): Promise<boolean> => {
      run = await this.show(id);
      return isSo(run);
    };
    await until(look);
    return run;
  }
}

describe("a submitted run", () => {
  const shared = new SharedEnds();
  const upStage = new RunStage(shared.add);
  /** Of the worker that {@link upStage} has: `heldFrom10` waits for this file. */
  const release = join(folder, "up.release");
  let first: { readonly id: string; readonly stateBefore: string };
  /** A worker and a runner, which find a run that was submitted before them. */
  beforeAll(async () => {
    const grid = await upStage.connect();
    const id = await grid.submitRun({ pool: "pool", data: { range: [0, 1_000] }, process: "double", reduce: "sum" });
    first = { id, stateBefore: (await upStage.show(id)).state };
    await Promise.all([upStage.workers(1, { env: { RELEASE: release } }), upStage.runner()]);
  });
  afterAll(() => shared.end());

  it("is carried out by a runner, with progress and a log, and is listed", async () => {
    const { id, stateBefore } = first;
    expect(stateBefore).toBe("waiting");
    const run = await upStage.until(id, ({ state }) => state === "completed");
    expect(run).toMatchObject({ result: { value: 999_000 }, done: 1 });
    expect((await upStage.runs("logs", id)).stdout).toMatch(/batch runs distributed[\s\S]*Measured on \d+ slices/);
    expect((await upStage.runs("list")).stdout).toMatch(/^id +name +state.*\n\d+ +batch +completed +100 %/);
  });

  it("writes its values and its failed slices to files, from a file of JSON", async () => {
    const [csv, failed, spec] = [".csv", ".ndjson", ".json"].map((ending) =>
      join(folder, `file-${++files}${ending}`),
    ) as [string, string, string];
    const run = { pool: "pool", data: { items: [1, 2, 3, 4] }, process: "evenOnly", error: "skip", csv, failed };
    writeFileSync(spec, JSON.stringify(run));
    const { id } = JSON.parse((await upStage.runs("submit", spec, "--json")).stdout) as { id: string };
    expect((await upStage.until(id, ({ state }) => state === "completed")).result).toEqual({ slices: 4, failed: 2 });
    expect(readFileSync(csv, "utf8")).toBe("index,value\n1,2\n3,4\n");
    expect(readFileSync(failed, "utf8").trim().split("\n")).toHaveLength(2);
  });

  it("keeps its chunks, unless its cache says otherwise", async () => {
    const grid = await upStage.connect();
    const cachedAfter = async (cache: "use" | "bypass", chunkUnits: number): Promise<number> => {
      const spec = { pool: "pool", process: "double", reduce: "sum", chunkUnits };
      const id = await grid.submitRun({ ...spec, data: { range: [0, 40] }, cache });
      await upStage.until(id, ({ state }) => state === "completed");
      const run = grid.batch({ ...spec, data: range(0, 40), mode: "distributed" });
      await run.result();
      return run.standing.cachedSlices;
    };
    expect(await cachedAfter("bypass", 10)).toBe(0);
    expect(await cachedAfter("use", 20)).toBe(40);
  });

  it("writes and reads nowhere but in the folders that its runner allows", async () => {
    const grid = await upStage.connect();
    const [victim, link] = [join(outside, "victim"), join(folder, "link")];
    writeFileSync(victim, "as it was");
    symlinkSync(victim, link);
    const runs = [
      ...[victim, link, `${folder}/../${basename(outside)}/victim`].flatMap((path) =>
        ["csv", "ndjson", "failed"].map((output) => ({
          data: { items: [2] },
          ...(output === "failed" && { csv: join(folder, "values.csv") }),
          [output]: path,
        })),
      ),
      { data: { lines: victim }, reduce: "sum" },
    ];
    for (const run of runs) {
      const id = await grid.submitRun({ pool: "pool", process: "evenOnly", ...run });
      const { reason } = await upStage.until(id, ({ state }) => state === "failed");
      expect(reason).toContain("is not a file that requests may use here");
    }
    expect(readFileSync(victim, "utf8")).toBe("as it was");
  });

  it("is retried as often as it says, and then has failed with the error of its slice", async () => {
    const grid = await upStage.connect();
    const spec = { pool: "pool", data: { range: [0, 4] as const }, process: "evenOnly", reduce: "sum" };
    const id = await grid.submitRun({ ...spec, attempts: 2, backoffMs: 10 });
    const run = await upStage.until(id, ({ state }) => state === "failed");
    expect(run).toMatchObject({ attempts: 2, reason: expect.stringContaining("1 is odd") as unknown });
  });

  it("that is cancelled stops, and goes on when it is resumed", async () => {
    const grid = await upStage.connect();
    const spec = {
      pool: "pool",
      data: { range: [0, 20] as const },
      process: "heldFrom10",
      reduce: "sum",
      chunkUnits: 1,
    };
    const id = await grid.submitRun(spec);
    await upStage.until(id, ({ done = 0 }) => done > 0);
    expect((await upStage.runs("cancel", id)).exitCode).toBe(0);
    expect(await upStage.until(id, ({ state }) => state === "failed")).toMatchObject({ reason: "cancelled" });
    writeFileSync(release, "");
    expect((await upStage.runs("resume", id)).stdout).toContain("continues from its finished chunks");
    expect(await upStage.until(id, ({ state }) => state === "completed")).toMatchObject({ result: { value: 190 } });
  });

  it("is cut as it turns out while it runs, and cut alike by the runner that takes it over", async () => {
    const stage = new RunStage();
    const grid = await stage.connect();
    const [marks, release] = [join(folder, `file-${++files}.marks`), join(folder, `file-${files}.release`)];
    writeFileSync(marks, "");
    await stage.workers(1, { env: { MARKS: marks, RELEASE: release } });
    const marked = (): number[] => readFileSync(marks, "utf8").split("\n").slice(0, -1).map(Number);
    const run = { pool: "pool", data: { range: [0, 3_010] as const }, process: "unevenMarked", reduce: "sum" };
    const id = await grid.submitRun(run);
    const first = await stage.runner();
    await until(() => marked().includes(2_999));
    await first.killAll();
    const borders = await stage.borders(id);
    const sizes = borders.slice(1).map((border, place) => border - (borders[place] ?? 0));
    expect(Math.max(...sizes)).toBeGreaterThan(8 * (sizes[3] ?? 0));

    await stage.runner();
    writeFileSync(release, "");
    expect(await stage.until(id, ({ state }) => state === "completed")).toMatchObject({ result: { value: 4_528_545 } });
    expect((await stage.runs("logs", id)).stdout).toContain(
      `goes on, with ${sizes.length} chunks as they were cut before`,
    );
    const finished = borders.findLast((border) => border <= 3_000) ?? 0;
    expect(finished).toBeGreaterThan(40);
    const repeated = marked().filter((slice, place, all) => slice < finished && all.indexOf(slice) !== place);
    expect(repeated).toEqual([]);
    expect(new Set(marked()).size).toBe(3_010);
    await until(async () => (await stage.borders(id)).length === 1);
  });

  it("waits for its time where it has a delay, and is kept as a schedule where it has a pattern", async () => {
    const stage = new RunStage();
    const grid = await stage.connect();
    const spec = { pool: "pool", data: { range: [0, 1] as const }, process: "double", reduce: "sum" };
    const id = await grid.submitRun({ ...spec, delayMs: 3_600_000 });
    expect((await stage.show(id)).state).toBe("delayed");
    expect(await grid.submitRun({ ...spec, name: "nightly", cron: "0 3 * * *" })).toBe("nightly");
    const listed = JSON.parse((await stage.runs("list", "--json")).stdout) as RunSummary[];
    expect(listed.map(({ name, state }) => [name, state])).toContainEqual(["nightly", "delayed"]);
    const [schedule] = await grid.schedules();
    expect(schedule).toMatchObject({ id: "nightly", cron: "0 3 * * *", tz: "UTC" });
    await grid.pauseSchedule("nightly");
    expect(await grid.schedules()).toEqual([{ ...schedule, state: "paused", nextMs: undefined }]);
    await grid.resumeSchedule("nightly");
    expect(await grid.schedules()).toEqual([schedule]);
    await grid.removeSchedule("nightly");
    expect(await grid.schedules()).toEqual([]);
  });

  it("of a schedule has a host start workers for a pool without any, and completes", async () => {
    const stage = new RunStage();
    const grid = await stage.connect();
    const distributor = await GridProcess.distributor({ url: stage.url, grid: stage.name });
    onTestFinished(async () => void (await distributor.end()));
    const host = ["host", "--pool", "pool", "--functions", batchFunctions, "--max", "1", "--json"];
    await startCommand(host, { env: stage.env }).firstLine();
    await stage.runner();
    expect((await grid.status("pool")).members.filter(({ kind }) => kind === "worker")).toEqual([]);
    const spec = { pool: "pool", data: { range: [0, 10] as const }, process: "double", reduce: "sum" };
    await grid.submitRun({ ...spec, name: "each-second", cron: "* * * * * *" });
    const completed = async () => (await stage.list()).find(({ state }) => state === "completed");
    await until(async () => (await completed()) !== undefined);
    expect(await completed()).toMatchObject({ name: "each-second", result: { value: 90 } });
    await grid.removeSchedule("each-second");
  });

  it("is refused where it is wrong, by name", async () => {
    const stage = new RunStage();
    const grid = await stage.connect();
    const spec = { pool: "pool", data: { range: [0, 1] as const }, process: "double" };
    await expect(grid.submitRun(spec)).rejects.toThrow(/submitRun\.reduce must be given, or csv or ndjson/);
    await expect(grid.submitRun({ ...spec, data: {} as never, reduce: "sum" })).rejects.toThrow(
      /submitRun\.data must be/,
    );
    await expect(grid.submitRun({ ...spec, reduce: "sum", attempt: 2 } as never)).rejects.toThrow(
      /submitRun\.attempt .*attempts/,
    );
    expect(await stage.runs("show", "404")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("no run 404") as unknown,
    });
    expect(await stage.runs("shwo", "1")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("list, show") as unknown,
    });
  });
});

it("without a connection callgrid runs ends with 3", async () => {
  const args = ["runs", "list", "--url", "redis://127.0.0.1:1", "--connect-timeout-ms", "50ms"];
  expect(await runHere(args)).toMatchObject({ exitCode: 3, stdout: "" });
});

const chunks = shortOrFull(400, 2_000);

describe(`a run of ${chunks} chunks`, () => {
  const caches = shortOrFull(["use"], ["use", "refresh"]);
  it.each(caches)(
    "with cache %s loses no chunk and repeats no finished one when client, worker and runner are killed in turn",
    async (cache) => {
      const stage = new RunStage();
      const spec = join(folder, `file-${++files}.json`);
      const run = {
        pool: "pool",
        data: { range: [0, chunks] },
        process: "markedOnce",
        reduce: "sum",
        chunkUnits: 1,
        cache,
        window: 8,
      };
      writeFileSync(spec, JSON.stringify(run));
      const marks = join(folder, `file-${++files}.marks`);
      writeFileSync(marks, "");
      await stage.workers(2, { env: { MARKS: marks } });
      const client = startCommand(["runs", "submit", spec, "--json"], { env: stage.env });
      const { id } = (await client.firstLine()) as { id: string };
      await client.killAll();
      const lines = (): string[] => readFileSync(marks, "utf8").split("\n").slice(0, -1);
      const marked = (): number[] => lines().map((line) => Number(line.split(" ")[0]));
      const reaches = (count: number) => until(() => marked().length > count);

      const first = await stage.runner();
      await reaches(0.2 * chunks);
      const worker = Number(lines().at(-1)?.split(" ")[1]);
      expect(worker).toBeGreaterThan(1);
      process.kill(worker, "SIGKILL");
      await reaches(0.45 * chunks);
      await first.killAll();
      await stage.runner();
      const value = (chunks * (chunks - 1)) / 2;
      expect(await stage.until(id, ({ state }) => state === "completed")).toMatchObject({ result: { value } });

      // a slice is evaluated twice at most where its first evaluation was under way when a process was killed
      const counts = new Map<number, number>();
      for (const slice of marked()) counts.set(slice, (counts.get(slice) ?? 0) + 1);
      expect(counts.size).toBe(chunks);
      expect(marked().length - chunks).toBeLessThanOrEqual(8 + 1);
    },
  );
});
