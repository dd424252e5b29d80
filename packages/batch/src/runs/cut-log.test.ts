import { randomUUID } from "node:crypto";
import { Queue, type RedisClient } from "bullmq";
import { expect, inject, it, onTestFinished } from "vitest";
import { CutLog, type CutLogParts } from "./cut-log.ts";
import { runConnection } from "./run-place.ts";

async function parts(): Promise<CutLogParts & { readonly client: RedisClient }> {
  const [url, grid] = [inject("redisUrl"), randomUUID()];
  const queue = new Queue(grid, { ...runConnection({ url, grid }), skipVersionCheck: true });
  onTestFinished(() => queue.close());
  const client = await queue.getBackend().client;
  client.defineCommand("leftMs", { numberOfKeys: 1, lua: 'return redis.call("pttl", KEYS[1])' });
  return { client, key: queue.toKey("7:cuts"), keptMs: 3_600_000, isRefresh: true };
}

it("is read as it was written, and is gone some time after its last cut", async () => {
  const place = await parts();
  const log = await CutLog.open(place);
  await log.noteCut(0, { units: 3, id: "a" });
  await log.noteCut(1, { units: 40, id: "b" });
  expect((await CutLog.open(place)).cuts).toEqual([
    { units: 3, id: "a" },
    { units: 40, id: "b" },
  ]);
  const leftMs: unknown = await place.client.runCommand("leftMs", [place.key]);
  expect(leftMs).toBeGreaterThan(3_000_000);
  expect(leftMs).toBeLessThanOrEqual(3_600_000);
  await log.reset();
  expect((await CutLog.open(place)).cuts).toEqual([]);
});

it("has what a run was evaluated of, for the same versions of its functions, without chunks in which a slice failed", async () => {
  const place = await parts();
  const result = { values: [1], failures: [], startedMs: 0, tookMs: 1, busyRatio: 1, worker: "pool/w" };
  const log = await CutLog.open(place);
  await log.begin("version 1");
  for (const index of [0, 1, 2]) await log.noteCut(index, { units: 1, id: "a" });
  await log.noteFinished(2, result);
  await log.noteFinished(1, {
    ...result,
    failures: [{ place: 0, error: { msg: "odd", code: "FUNCTION_FAILED", req: "" } }],
  });
  const inGrid = async (batch: string): Promise<boolean[]> => {
    const later = await CutLog.open(place);
    await later.begin(batch);
    expect(later.cuts).toHaveLength(3);
    return [0, 1, 2].map((index) => later.isInGrid(index));
  };
  expect(await inGrid("version 1")).toEqual([false, false, true]);
  expect(await inGrid("version 2")).toEqual([false, false, false]);
});

it("ends where a cut cannot be noted, so that those that follow do not take its place", async () => {
  const place = await parts();
  const log = await CutLog.open(place);
  await place.client.set(place.key, "no list");
  await log.noteCut(0, { units: 3, id: "a" });
  await place.client.del(place.key);
  await log.noteCut(1, { units: 40, id: "b" });
  expect((await CutLog.open(place)).cuts).toEqual([]);
});
