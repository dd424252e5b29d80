/**
 * How soon a batch uses workers that come while it runs, as real processes: six that join after five seconds, and those of a host. How long that
 * takes depends on the machine, so it is reported beside the ideal and not judged.
 */
import { setTimeout as elapse } from "node:timers/promises";
import { range } from "callgrid";
import { describe, expect, onTestFinished, type TestContext, test } from "vitest";
import { BatchStage, batchFunctions } from "../harness/batch-stage.ts";
import { startCommand } from "../harness/command.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { GridProcess } from "../harness/worker-processes.ts";

const slices = 1_200;
/** What a slice takes in the function `napBySpeed`. */
const sliceMs = 50;
const joinAfterMs = 5_000;
const longMs = 120_000;

/** One worker at first and all of them from then on, all of which start at once. */
function idealMs(workers: number, fromMs: number): number {
  return fromMs + (slices * sliceMs - fromMs) / workers;
}

/** Runs the batch, reports how long it took, and returns how many slices each worker had. */
async function runBatch({ annotate }: TestContext, stage: BatchStage, idealFor: number): Promise<number[]> {
  const grid = await stage.connect();
  const startedAt = performance.now();
  const run = grid.batch({ pool: "pool", data: range(0, slices), process: "napBySpeed", mode: "distributed" });
  const shares = new Map<string, number>();
  run.onChunk(({ chunk, result: { worker } }) => {
    shares.set(worker, (shares.get(worker) ?? 0) + chunk.units);
  });
  expect(await run.result()).toHaveLength(slices);
  const tookMs = performance.now() - startedAt;
  await annotate(
    `${(tookMs / 1_000).toFixed(1)} s, ${(tookMs / idealFor).toFixed(2)} × ideal; slices: ${[...shares.values()].join(" + ")}`,
  );
  return [...shares.values()];
}

// too long for every run: `scripts/torture --faults test/batch/growing-pools.test.ts` has them
describe.runIf(shortOrFull(false, true))("a batch of 1,200 slices of 50 ms", () => {
  test("with one worker uses six more that join after 5 s", { timeout: longMs }, async (context) => {
    const stage = new BatchStage();
    await stage.workers(1);
    const joined = elapse(joinAfterMs).then(() => stage.workers(6));
    expect(await runBatch(context, stage, idealMs(7, joinAfterMs))).toHaveLength(7);
    await joined;
  });

  test("has a host of one to six workers start all six", { timeout: longMs }, async (context) => {
    const stage = new BatchStage();
    const distributor = await GridProcess.distributor({ url: stage.url, grid: stage.name });
    onTestFinished(async () => void (await distributor.end()));
    const words = ["--pool", "pool", "--functions", batchFunctions, "--min", "1", "--max", "6", "--json"];
    await startCommand(["host", ...words], { env: stage.env }).firstLine();
    expect(await runBatch(context, stage, idealMs(6, 0))).toHaveLength(6);
  });
});
