/** Bull Board on the queue of submitted runs, as its own documentation has it, asked over HTTP. */
import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { createBullBoard } from "@bull-board/api";
import { BullMQAdapter } from "@bull-board/api/bullMQAdapter";
import { HonoAdapter } from "@bull-board/hono";
import { connect } from "@callgrid/client";
import { define, resolveOptions } from "@callgrid/core";
import { startWorker } from "@callgrid/worker";
import { serve } from "@hono/node-server";
import { serveStatic } from "@hono/node-server/serve-static";
import { Queue } from "bullmq";
import { expect, inject, it, onTestFinished, vi } from "vitest";
import * as chunks from "../chunks/worker-functions.ts";
import { runConnection, runQueueName } from "./run-place.ts";
import { RunQueue } from "./run-queue.ts";
import { Runner } from "./runner.ts";
import { runnerOptions } from "./runner-options.ts";

let isBroken = true;
const fragile = define("fragile", { version: "1" }, (x: number): number => {
  if (isBroken && x === 90) throw new Error("broken for now");
  return x;
});
const sum = define("sum", { version: "1" }, (values: number[]): number => values.reduce((all, one) => all + one, 0));

/** Where Bull Board shows the queue of a grid's runs. */
async function openBoard(url: string, grid: string): Promise<string> {
  const queue = new Queue(runQueueName(grid), { ...runConnection({ url, grid }), skipVersionCheck: true });
  const adapter = new HonoAdapter(serveStatic);
  createBullBoard({ queues: [new BullMQAdapter(queue)], serverAdapter: adapter });
  const app = adapter.registerPlugin();
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const started = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => resolve(started));
  });
  onTestFinished(async () => {
    await new Promise((resolve) => server.close(resolve));
    await queue.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("shows a run with its state, progress and log, and has it retried", async () => {
  const url = inject("redisUrl");
  const grid = randomUUID();
  const client = await connect(url, { grid });
  const worker = await startWorker({ url, grid, pool: "pool", functions: [{ ...chunks, fragile, sum }] });
  const onError = vi.fn();
  const runner = new Runner({ url, grid, client, options: resolveOptions(runnerOptions, {}, "runner"), onError });
  const runs = new RunQueue({ url, grid });
  onTestFinished(async () => {
    await runner.stop();
    await worker.stop();
    await Promise.all([client.close(), runs.close()]);
  });
  await runner.start();
  const board = await openBoard(url, grid);
  const id = await runs.submit({
    pool: "pool",
    name: "nightly",
    data: { range: [0, 100] },
    process: fragile,
    reduce: sum,
  });

  const queue = runQueueName(grid);
  const jobPath = `${board}/api/queues/${queue}/${id}`;
  const shown = async (): Promise<unknown> => (await fetch(jobPath)).json();
  await expect.poll(shown).toMatchObject({ status: "failed" });
  const failedReason = expect.stringContaining("broken for now") as unknown;
  expect(await shown()).toMatchObject({ job: { id, name: "nightly", failedReason } });

  isBroken = false;
  expect((await fetch(`${jobPath}/retry`, { method: "PUT" })).ok).toBe(true);
  await expect.poll(shown).toMatchObject({ status: "completed" });
  const progress = { state: "done", doneUnits: 100, totalUnits: 100 };
  expect(await shown()).toMatchObject({ job: { name: "nightly", progress, returnValue: { value: 4_950 } } });
  const logs = (await (await fetch(`${jobPath}/logs`)).json()) as string[];
  expect(logs.join("\n")).toMatch(/nightly runs distributed[\s\S]*Measured on \d+ slices?/);
  const listed = await fetch(`${board}/api/queues?activeQueue=${queue}&status=completed&page=1&jobsPerPage=10`);
  expect(await listed.json()).toMatchObject({
    queues: [{ name: queue, counts: { completed: 1, failed: 0 }, jobs: [{ id }] }],
  });
  expect(await (await fetch(board)).text()).toContain("<title>Bull Dashboard</title>");
  expect(onError).not.toHaveBeenCalled();
});
