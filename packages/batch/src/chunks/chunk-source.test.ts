import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSource } from "../data/open-source.ts";
import { FileCheckpoint } from "../run/file-checkpoint.ts";
import type { Checkpoint, Cut } from "./checkpoint.ts";
import { ChunkSupply } from "./chunk-source.ts";
import type { ChunkResult } from "./chunk-work.ts";

const folder = mkdtempSync(join(tmpdir(), "callgrid-supply-"));
afterAll(() => rmSync(folder, { recursive: true }));

const result: ChunkResult = { values: [], failures: [], startedMs: 0, tookMs: 0, busyRatio: 0, worker: "w" };

/** A supply on what an earlier run has noted, or on nothing. */
async function supplyOf(data: readonly number[], path: string): Promise<[ChunkSupply, FileCheckpoint]> {
  const checkpoint = await FileCheckpoint.open(path);
  await checkpoint.begin("batch");
  return [new ChunkSupply(openSource(data, { slice: undefined, maxSlices: 1_000_000 }), checkpoint), checkpoint];
}

/** An earlier run has cut three chunks of 1 to 9, and finished the first and the last. */
async function earlierRun(path: string): Promise<void> {
  const [supply, checkpoint] = await supplyOf([1, 2, 3, 4, 5, 6, 7, 8, 9], path);
  for (const units of [2, 3, 1]) await supply.next(() => units);
  await checkpoint.noteFinished(0, result);
  await checkpoint.noteFinished(2, result);
  await checkpoint.close();
}

async function restOf(supply: ChunkSupply): Promise<unknown[]> {
  const rest: unknown[] = [];
  while (!supply.isEmpty) {
    const chunk = await supply.next(() => 100);
    if (chunk !== undefined && "list" in chunk.slices) rest.push(chunk.slices.list);
  }
  return rest;
}

it("a run goes on with the chunks that are not finished, and with what was not cut", async () => {
  const path = join(folder, "same");
  await earlierRun(path);
  const [supply, checkpoint] = await supplyOf([1, 2, 3, 4, 5, 6, 7, 8, 9], path);
  const finished = await supply.restore();
  expect(finished.map(({ slices }) => slices)).toEqual([{ list: [1, 2] }, { list: [6] }]);
  expect(await restOf(supply)).toEqual([
    [3, 4, 5],
    [7, 8, 9],
  ]);
  await checkpoint.close();
});

it.each([
  ["changed in a finished chunk", [1, 2, 3, 4, 5, 60, 7, 8, 9]],
  ["changed in an open chunk", [1, 2, 3, 40, 5, 6, 7, 8, 9]],
  ["shorter", [1, 2, 3]],
  ["empty", []],
])("nothing is taken from a run whose data was other: %s", async (name, data) => {
  const path = join(folder, name);
  await earlierRun(path);
  const [supply, checkpoint] = await supplyOf(data, path);
  expect(await supply.restore()).toEqual([]);
  expect((await restOf(supply)).flat()).toEqual(data);
  await checkpoint.close();
  const [again, found] = await supplyOf(data, path);
  expect(await again.restore()).toEqual([]);
  expect((await restOf(again)).flat()).toEqual(data);
  await found.close();
});

it("a chunk that failed as a whole is cut in halves that cover it", async () => {
  const [supply, checkpoint] = await supplyOf([1, 2, 3, 4, 5], join(folder, "halves"));
  const chunk = await supply.next(() => 5);
  if (chunk !== undefined) supply.giveBackHalves(chunk);
  const first = await supply.next(() => 5);
  const second = await supply.next(() => 5);
  expect([first, second]).toMatchObject([
    { firstSlice: 0, slices: { list: [1, 2, 3] }, isPart: true },
    { firstSlice: 3, slices: { list: [4, 5] }, isPart: true },
  ]);
  expect((first?.units ?? 0) + (second?.units ?? 0)).toBe(5);
  await checkpoint.close();
});

it("a run that left many chunks open goes on with all of them", async () => {
  const data = Array.from({ length: 130_000 }, (_, number) => number);
  const source = () => openSource(data, { slice: undefined, maxSlices: 1_000_000 });
  const cuts: Cut[] = [];
  const checkpoint: Checkpoint = {
    cuts,
    begin: async () => undefined,
    isFinished: () => false,
    finished: async () => result,
    noteCut: async (_, cut) => void cuts.push(cut),
    reset: async () => undefined,
    noteFinished: async () => undefined,
  };
  const earlier = new ChunkSupply(source(), checkpoint);
  while (!earlier.isEmpty) await earlier.next(() => 1);
  const supply = new ChunkSupply(source(), checkpoint);
  expect(await supply.restore()).toEqual([]);
  expect((await supply.next(() => 1))?.slices).toEqual({ list: [0] });
});

it("data that is late is neither waited for nor closed first when the run is stopped", async () => {
  async function* late(): AsyncGenerator<number, undefined> {
    yield 1;
    await new Promise(() => undefined);
  }
  const stopping = new AbortController();
  const supply = new ChunkSupply(openSource(late(), { slice: undefined, maxSlices: 9 }), undefined, stopping.signal);
  expect((await supply.next(() => 1))?.slices).toEqual({ list: [1] });
  const next = supply.next(() => 1);
  stopping.abort("stopped");
  await expect(next).rejects.toBe("stopped");
  await supply.close();
});
