import { expect, test, vi } from "vitest";
import { tree, treeSize } from "../../packages/cli/src/torture/workload.ts";
import { FaultStage } from "../harness/fault-stage.ts";

const shape = { depth: 4, breadth: 5, restMs: 0 };

test("b", { timeout: 120_000 }, async () => {
  const stage = await FaultStage.set();
  const workers = await stage.startWorkers(2);
  const grid = await stage.connect();
  const trees = Array.from({ length: Math.ceil(20_000 / treeSize(shape)) }, (_, i) => tree(`t${i}`, shape));
  const t0 = Date.now();
  const asking = stage.asker(grid).askAll(trees, trees.length);
  asking.then(() => console.log("done", Date.now() - t0));
  for (const after of [3_000, 8_000, 13_000]) {
    await vi.waitUntil(async () => (await stage.evaluated()) >= after, { timeout: 60_000, interval: 20 });
    console.log("killing at", await stage.evaluated(), Date.now() - t0);
    await stage.server.kill("SIGKILL");
    await stage.server.restart();
    console.log("back", Date.now() - t0);
  }
  await asking;
  console.log(Date.now() - t0, await stage.rightHistory(), (await grid.status("pool")).counters);
});
