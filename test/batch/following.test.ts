/** Batches on pools whose workers come while they run, or are not there yet: real workers on a real Redis. */
import { range } from "callgrid";
import { expect, it } from "vitest";
import { BatchStage } from "../harness/batch-stage.ts";
import { until } from "../harness/until.ts";

const spec = { pool: "pool", process: "napFor100", chunkUnits: 1, mode: "distributed" } as const;

it("workers that join a running batch take their share, and the pool knows how much is left", async () => {
  const stage = new BatchStage();
  const grid = await stage.connect();
  await stage.workers(1);
  const run = grid.batch({ ...spec, data: range(0, 5_000), name: "naps" });
  const evaluators = new Set<string>();
  let joining: Promise<unknown> | undefined;
  run.onChunk(({ result }) => {
    evaluators.add(result.worker);
    joining ??= stage.workers(2);
  });
  let announcedMs = 0;
  for await (const { index } of run) {
    if (index % 10 === 0) announcedMs = (await grid.status("pool")).expected[0]?.workMs ?? announcedMs;
    if (evaluators.size === 3 && announcedMs > 0) break;
  }
  await joining;
  expect(announcedMs).toBeGreaterThan(100_000);
  expect((await grid.status("pool")).expected).toEqual([]);
});

it("of a batch of unknown length more chunks are announced while its data goes on, or what is expected", async () => {
  const stage = new BatchStage();
  const grid = await stage.connect();
  await stage.workers(1);
  const announcedFor = async (count?: number): Promise<number> => {
    const run = grid.batch({ ...spec, data: new Set(Array.from({ length: 5_000 }, (_, i) => i)), count });
    for await (const _ of run) {
      const [announced] = (await grid.status("pool")).expected;
      if (announced !== undefined) return announced.workMs;
    }
    return 0;
  };
  const atLeast = await announcedFor();
  expect(atLeast).toBeGreaterThan(0);
  expect(atLeast).toBeLessThan(5_000);
  expect(await announcedFor(1_000)).toBeGreaterThan(50_000);
});

it("a batch that is to wait for workers begins when the first has joined, and is stopped as any other", async () => {
  const stage = new BatchStage();
  const grid = await stage.connect();
  const run = grid.batch({ ...spec, data: range(0, 3), wait: true });
  const result = run.result();
  await until(() => run.standing.state === "waiting");
  const stopped = grid.batch({ ...spec, data: range(0, 4), wait: true });
  const failure = stopped.result().catch((error: unknown) => error);
  await until(() => stopped.standing.state === "waiting");
  stopped.stop();
  expect(await failure).toMatchObject({ code: "CANCELLED" });
  await stage.workers(1);
  expect(await result).toEqual([0, 1, 2]);
});

it("a batch that is not to wait is refused by a pool without workers", async () => {
  const grid = await new BatchStage().connect();
  const run = grid.batch({ ...spec, data: range(0, 3) });
  await expect(run.result()).rejects.toMatchObject({ code: "INVALID_OPTION", details: { workers: 0 } });
});
