/** Several callers of one pool on a real Redis: who is evaluated first when a worker comes at last. */
import { randomUUID } from "node:crypto";
import { connect, define, type Grid, startWorker } from "callgrid";
import { expect, inject, onTestFinished, test } from "vitest";

const url = inject("redisUrl");

async function openClient(grid: string): Promise<Grid> {
  const client = await connect(url, { grid });
  onTestFinished(() => client.close());
  return client;
}

test("a caller with much in a pool delays others by little, and an urgent request by nothing", async () => {
  const grid = randomUUID();
  const order: string[] = [];
  const note = define("note", { version: "1" }, (who: string, number: number) => {
    order.push(who);
    return number;
  });
  const [many, few, urgent] = await Promise.all([openClient(grid), openClient(grid), openClient(grid)]);
  const requests = (who: string, count: number) => Array.from({ length: count }, (_, i) => [note, who, i] as const);

  const all = [many.enqueueAll("pool", requests("many", 2_000), { window: 2_000 })];
  await expect.poll(async () => (await many.status("pool")).queued).toBe(2_000);
  all.push(few.enqueueAll("pool", requests("few", 10)));
  await expect.poll(async () => (await many.status("pool")).queued).toBe(2_010);
  all.push(urgent.enqueueAll("pool", requests("urgent", 5), { priority: 5 }));
  await expect.poll(async () => (await many.status("pool")).queued).toBe(2_015);

  const worker = await startWorker({ pool: "pool", url, grid, functions: [note] });
  onTestFinished(() => worker.stop());
  const values = await Promise.all(all);
  expect(values.map(({ length }) => length)).toEqual([2_000, 10, 5]);
  expect(order.slice(0, 5)).toEqual(["urgent", "urgent", "urgent", "urgent", "urgent"]);
  // its own ten, as many of the other's, and what one claim takes of that
  expect(order.lastIndexOf("few")).toBeLessThan(5 + 20 + 256);
  expect((await many.status("pool")).queued).toBe(0);
});
