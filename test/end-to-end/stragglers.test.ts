/** Work on a worker that is slower than the others. */
import { setTimeout as sleep } from "node:timers/promises";
import { connect, context, define, startDistributor, startWorker } from "callgrid";
import { expect, inject, it, onTestFinished } from "vitest";

const usualMs = 5;
const copyAfterMs = 200;
const count = 400;

it("an idle worker is given a copy of what the slow one of four is late with, and the slow one stops", async () => {
  const grid = `stragglers-${process.pid}`;
  const url = inject("redisUrl");
  const interrupted: number[] = [];
  const double = define("double", { cache: false }, async (i: number) => {
    const { worker, signal } = context();
    if (worker !== "pool/slow") await sleep(usualMs);
    else await sleep(600_000, undefined, { signal }).catch(() => interrupted.push(i));
    return 2 * i;
  });
  const distributor = await startDistributor({ pool: "pool", url, grid, copyAfterMs });
  onTestFinished(() => distributor.stop());
  for (const id of ["slow", "quick1", "quick2", "quick3"]) {
    const worker = await startWorker({ pool: "pool", functions: double, url, grid, id });
    onTestFinished(() => worker.stop());
  }
  const client = await connect(url, { grid });
  onTestFinished(() => client.close());

  const requests = Array.from({ length: count }, (_, i) => [double, i] as const);
  const values = await client.enqueueAll("pool", requests);

  expect(values).toEqual(requests.map(([, i]) => 2 * i));
  const { counters } = await client.status("pool");
  expect(counters["copied"]).toBeGreaterThan(0);
  await expect.poll(() => interrupted.length).toBeGreaterThan(0);
});
