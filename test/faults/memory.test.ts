/** What clients and workers keep does not grow with what they have done. */
import { expect, test } from "vitest";
import { collectedHeapBytes } from "../fixtures/faults/collected-heap.ts";
import { shortOrFull } from "../harness/fault-length.ts";
import { FaultStage } from "../harness/fault-stage.ts";

const mebibyte = 1_048_576;
const requests = shortOrFull(100_000, 1_000_000);
const mostGrowth = 4 * mebibyte;

test("the memory of client and worker is flat over many requests", { timeout: 600_000 }, async (context) => {
  const stage = await FaultStage.set(context);
  await stage.startWorkers(1, "--recent-results-limit", "1000");
  const grid = await stage.connect();
  const heaps = async (): Promise<number[]> => [collectedHeapBytes(), (await grid.enqueue("pool", ["heap"])) as number];
  const askFrom = async (first: number, count: number): Promise<void> => {
    const asked = (function* () {
      for (let i = first; i < first + count; i += 1) yield ["increment", i] as const;
    })();
    for await (const { index, outcome } of grid.stream("pool", asked)) {
      if (!("value" in outcome) || outcome.value !== first + index + 1)
        throw new Error(`${first + index} came to that`);
    }
  };
  const quarter = requests / 4;
  await askFrom(0, quarter);
  const [client = 0, worker = 0] = await heaps();
  await askFrom(quarter, requests - quarter);
  const [clientAfter = 0, workerAfter = 0] = await heaps();
  expect(clientAfter - client).toBeLessThan(mostGrowth);
  expect(workerAfter - worker).toBeLessThan(mostGrowth);
});
