import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Grid } from "@callgrid/client";
import { afterAll, expect, test } from "vitest";
import { ResultFiles } from "../results/result-files.ts";
import { readSnapshot, Snapshot } from "../results/snapshot.ts";
import { makeJobPool } from "../split/job-pool.ts";
import { ShareProgress } from "./share-progress.ts";
import { runShare } from "./share-run.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-share-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.runIf(existsSync("/dev/full"))("a run stops at the next outcome once a file cannot be written", async () => {
  const total = 500;
  const pool = makeJobPool({
    functionName: "f",
    jobs: Array.from({ length: total }, (_, x) => [x]),
    config: {},
    seed: 1,
  });
  const path = join(folder, "snapshot.ndjson");
  const form = { columns: ["job"], names: ["x"] };
  const header = { experiment: "e", split: "s", machine: "a", functionName: "f", places: total, ...form };
  const snapshot = await Snapshot.open(path, header);
  const files = await ResultFiles.begin(form, { results: "/dev/full", failures: join(folder, "failed.ndjson") });
  let taken = 0;
  async function* outcomes(_: string, requests: AsyncIterable<unknown>): AsyncGenerator<unknown> {
    for await (const _request of requests) {
      yield { index: taken, outcome: { value: { value: taken, startedMs: 0, tookMs: 1, worker: "w" } } };
      taken += 1;
      await pause(1);
    }
  }
  const progress = new ShareProgress({ total, before: 0, failed: 0 });
  const grid = { stream: outcomes } as unknown as Pick<Grid, "stream">;
  const run = runShare({ grid, workers: "w", pool, jobs: pool.jobs, snapshot, files, progress });
  await expect(run).rejects.toThrow("/dev/full could not be written: the disk is full");
  await snapshot.close();
  expect(taken).toBeLessThan(total);
  // what has come is in the snapshot all the same
  expect((await readSnapshot(path))?.finished.size).toBe(taken + 1);
});
