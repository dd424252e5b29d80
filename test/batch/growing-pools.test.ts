/**
 * How soon a batch uses workers that come while it runs, as real processes: six that join after five seconds, and those of a host. How long that
 * takes depends on the machine, so it is reported compared with the ideal and not judged.
 */
import { setTimeout as elapse } from "node:timers/promises";
import { type Grid, range } from "callgrid";
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

/** One worker at first, and all of them from then on. */
function idealMs(workers: number, fromMs: number): number {
  return fromMs + (slices * sliceMs - fromMs) / workers;
}

/** Runs the batch; `joined` resolves when all workers are there. Reports how long it took, and returns how many workers had a share. */
async function runBatch(
  { annotate }: TestContext,
  {
    grid,
    joined,
    askedAfterMs,
    workers,
  }: { grid: Grid; joined: Promise<unknown>; askedAfterMs: number; workers: number },
): Promise<number> {
  const startedAt = performance.now();
  const sinceStart = (): number => performance.now() - startedAt;
  const run = grid.batch({ pool: "pool", data: range(0, slices), process: "napBySpeed", mode: "distributed" });
  const evaluators = new Set<string>();
  run.onChunk(({ result: { worker } }) => evaluators.add(worker));
  const joinedAfter = joined.then(sinceStart);
  expect(await run.result()).toHaveLength(slices);
  const tookMs = sinceStart();
  const joinedAfterMs = await joinedAfter;
  const besideIdeal = (fromMs: number): string => `${(tookMs / idealMs(workers, fromMs)).toFixed(2)} × ideal`;
  await annotate(
    `${seconds(tookMs)}: ${besideIdeal(askedAfterMs)}, and ${besideIdeal(joinedAfterMs)} from when the last had joined, after ${seconds(joinedAfterMs)}`,
  );
  return evaluators.size;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

// too long for every run: `scripts/torture --faults test/batch/growing-pools.test.ts` has them
describe.runIf(shortOrFull(false, true))("a batch of 1,200 slices of 50 ms", () => {
  test("with one worker uses six more that join after 5 s", { timeout: longMs }, async (context) => {
    const stage = new BatchStage();
    await stage.workers(1);
    const grid = await stage.connect();
    const joined = elapse(joinAfterMs).then(() => stage.workers(6));
    expect(await runBatch(context, { grid, joined, askedAfterMs: joinAfterMs, workers: 7 })).toBe(7);
  });

  test("has a host of one to six workers start all six", { timeout: longMs }, async (context) => {
    const stage = new BatchStage();
    const distributor = await GridProcess.distributor({ url: stage.url, grid: stage.name });
    onTestFinished(async () => void (await distributor.end()));
    const words = ["--pool", "pool", "--functions", batchFunctions, "--min", "1", "--max", "6", "--json"];
    const host = startCommand(["host", ...words], { env: stage.env });
    await host.firstLine();
    const joined = host.says("joined the pool", 6);
    const grid = await stage.connect();
    expect(await runBatch(context, { grid, joined, askedAfterMs: 0, workers: 6 })).toBe(6);
  });
});
