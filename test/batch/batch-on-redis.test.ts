/** Batches on a pool of worker processes. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { define, type Grid, lines, range } from "callgrid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BatchStage, batchFunctions, SharedEnds } from "../harness/batch-stage.ts";
import { fixture } from "../harness/fixture.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "callgrid-batch-"));
afterAll(() => rmSync(folder, { recursive: true }));

const manyLines = 10_000_000;

const shared = new SharedEnds();
const stage = new BatchStage(shared.add);
let grid: Grid;
beforeAll(async () => {
  await stage.workers(2, { more: ["--data-folder", folder] });
  grid = await stage.connect();
});
afterAll(() => shared.end());

describe("a batch on a pool", () => {
  it("has the value of a plain loop, reduced on the workers", async () => {
    const batch = grid.batch({ pool: "pool", data: range(0, 100_000), process: "double", reduce: "sum" });
    expect((await batch.plan()).mode).toBe("distributed");
    expect(await batch.result()).toBe(9_999_900_000);
  });

  it("counts the words of a file that its workers read", async () => {
    const path = join(folder, "words.txt");
    writeFileSync(path, "größer als drei\r\nzwei wörter\n\n".repeat(20_000));
    const batch = grid.batch({ pool: "pool", data: lines(path), process: "wordCount", reduce: "sum" });
    expect(await batch.result()).toBe(100_000);
  });

  it("fails when a file changes after the plan, also where failed slices are skipped", async () => {
    const path = join(folder, "changing.txt");
    // more than any pilot reads: it ends with the first chunk that takes a tenth of a second
    writeFileSync(path, "a b\n".repeat(manyLines));
    const data = lines(path, { sliceBytes: 10_000 });
    const batch = grid.batch({ pool: "pool", data, process: "wordCount", reduce: "sum", error: "skip" });
    await batch.plan();
    writeFileSync(path, "a b c\n".repeat(manyLines));
    await expect(batch.result()).rejects.toMatchObject({ code: "FILE_CHANGED" });
  });

  it("reads no file outside of the data folders of its workers, also where failed slices are skipped", async () => {
    const [outside, link] = [fileURLToPath(import.meta.url), join(folder, "link.txt")];
    symlinkSync(outside, link);
    for (const path of [outside, join(folder, "..", relative(dirname(folder), outside)), link]) {
      const batch = grid.batch({ pool: "pool", data: lines(path), process: "wordCount", reduce: "sum", error: "skip" });
      await expect(batch.result()).rejects.toMatchObject({ code: "FILE_NOT_ALLOWED" });
    }
  });

  it("a request learns neither size nor time of a file outside of the data folders", async () => {
    const file = fileURLToPath(import.meta.url);
    const slice = { file, from: 0, to: 1, fileBytes: 0, modifiedMs: 0 };
    const refusal = await grid.enqueue("pool", ["wordCount", slice]).catch((error: Error) => error.message);
    const { size, mtime } = statSync(file);
    expect(refusal).toContain("is not a file that requests may use here");
    expect(refusal).not.toContain(String(size));
    expect(refusal).not.toContain(mtime.toISOString());
  });

  it("is refused by a pool without workers, which says how to start some", async () => {
    const empty = await new BatchStage().connect();
    const batch = empty.batch({ pool: "pool", data: [1], process: "double" });
    await expect(batch.result()).rejects.toThrow(
      /pool "pool" has no workers.*"double" is not defined.*callgrid worker/,
    );
  });

  it("runs in this process where the pool has no workers and the function is at hand", async () => {
    const empty = await new BatchStage().connect();
    const thrice = define("thrice", (x: number) => 3 * x);
    const batch = empty.batch({ pool: "pool", data: range(0, 5), process: thrice });
    expect((await batch.plan()).mode).toBe("serial");
    expect(await batch.result()).toEqual([0, 3, 6, 9, 12]);
  });

  it("runs in threads of this machine where that is asked for, and the modules are given", async () => {
    const own = new BatchStage();
    const workers = await own.workers(1);
    const ownGrid = await own.connect();
    const spec = { pool: "pool", data: range(0, 1_000), process: "double", reduce: "sum", mode: "local" } as const;
    const local = ownGrid.batch({ ...spec, functions: [batchFunctions], chunkUnits: 50 });
    const { mode } = await local.plan();
    // what is left is done without the pool
    await workers.end();
    expect([mode, await local.result()]).toEqual(["local", 999_000]);
  });

  it("waits for nothing on a busy pool where it runs in threads", async () => {
    const own = new BatchStage();
    const workers = await own.workers(1);
    const ownGrid = await own.connect();
    const busy = expect(ownGrid.enqueue("pool", ["nap", 600_000])).rejects.toThrow();
    const spec = { pool: "pool", data: range(0, 1_000), process: "double", reduce: "sum", mode: "local" } as const;
    expect(await ownGrid.batch({ ...spec, functions: [batchFunctions], chunkUnits: 50 }).result()).toBe(999_000);
    await ownGrid.close();
    // the second signal ends what still runs
    workers.child.kill("SIGTERM");
    await workers.end("SIGTERM");
    await busy;
  });

  it("is refused the mode local without the modules", async () => {
    const batch = grid.batch({ pool: "pool", data: range(0, 10), process: "double", mode: "local" });
    await expect(batch.result()).rejects.toThrow(
      /batch\.mode cannot be local: that needs an embedded grid, or the functions' modules/,
    );
  });

  it("is planned serial where that is faster, and that is right", async () => {
    const functions = await import("../fixtures/batch/functions.ts");
    const spec = { pool: "pool", data: range(0, 200), process: functions.double, reduce: functions.sum };
    expect((await grid.batch(spec).plan()).mode).toBe("serial");
    const tookMs = async (mode: "serial" | "distributed"): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 5; run += 1) {
        const batch = grid.batch({ ...spec, mode, cache: "refresh", chunkUnits: 20 });
        const { parts } = await batch.plan();
        const started = performance.now();
        expect(await batch.result()).toBe(39_800);
        times.push((performance.now() - started) / (200 - parts.pilotUnits));
      }
      return Math.min(...times);
    };
    expect(await tookMs("serial")).toBeLessThan(await tookMs("distributed"));
  });

  it("says how many requests each worker is at", async () => {
    const batch = grid.batch({ pool: "pool", data: range(0, 100), process: "napFor30", chunkUnits: 5 });
    const workers = new Set<string>();
    const watching = (async () => {
      for await (const { inFlight } of batch.progress(100))
        for (const worker of Object.keys(inFlight)) workers.add(worker);
    })();
    await batch.result();
    await watching;
    expect(workers.size).toBeGreaterThan(0);
    expect([...workers].every((worker) => worker.startsWith("pool/"))).toBe(true);
  });

  it("of 2,000,000 slices needs less than 300 MB at the client", async () => {
    const { stdout } = await run(process.execPath, [fixture("batch/two-million")], {
      env: { ...process.env, ...stage.env },
    });
    const { count, mostBytes } = JSON.parse(stdout) as { count: number; mostBytes: number };
    expect(count).toBe(2_000_000);
    expect(mostBytes).toBeLessThan(300 * 1_048_576);
  });
});
