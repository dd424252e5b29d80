import { define, sleep } from "@callgrid/core";
import { expect, it } from "vitest";
import { setWorkerStage } from "../../../../test/harness/worker-stage.ts";

it("what is queued while a function runs that takes 40 ms is claimed before its end, and what comes after 100 ms is not", async () => {
  const stage = setWorkerStage();
  const { clock, grid, pool } = stage;
  const nap = define("nap", async (ms: number, _tag: number) => sleep(clock, ms));
  await stage.startWorker(nap);
  let tag = 0;
  const queuedAfter = async (ms: number, passMs: number): Promise<number> => {
    const first = grid.enqueue("pool", ["nap", ms, ++tag]);
    await clock.advance(1);
    const second = grid.enqueue("pool", ["nap", ms, ++tag]);
    await clock.advance(passMs);
    const { queued } = await pool.inspect();
    await clock.advance(3 * ms);
    await Promise.all([first, second]);
    return queued;
  };
  for (let round = 0; round < 10; round++) await queuedAfter(40, 0);
  expect(await queuedAfter(40, 15)).toBe(1);
  expect(await queuedAfter(40, 30)).toBe(0);
  for (let round = 0; round < 20; round++) await queuedAfter(100, 0);
  expect(await queuedAfter(100, 90)).toBe(1);
});
