/** A runner and workers in this process: what it carries out, what it keeps, and what it waits for. */
import { randomUUID } from "node:crypto";
import { linkSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Grid } from "@callgrid/client";
import { define, resolveOptions } from "@callgrid/core";
import { startWorker } from "@callgrid/worker";
import { Queue } from "bullmq";
import { describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { until } from "../../../../test/harness/until.ts";
import * as chunks from "../chunks/worker-functions.ts";
import { runConnection, runQueueName } from "./run-place.ts";
import { RunQueue } from "./run-queue.ts";
import type { RunSpec } from "./run-spec.ts";
import type { RunSummary } from "./run-summary.ts";
import { Runner } from "./runner.ts";
import { runnerOptions } from "./runner-options.ts";

const kindOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
const functions = {
  kind: define("kindOfItem", { version: "1" }, kindOf),
  flat: define("flatOfLists", { version: "1" }, (lists: unknown[]): unknown[] => lists.flat()),
  big: define("bigOf", { version: "1" }, (n: number): bigint => BigInt(n)),
  sum: define("sumOfBigs", { version: "1" }, (all: bigint[]): bigint => all.reduce((sum, one) => sum + one, 0n)),
  table: define("tableOf", { version: "1" }, (values: unknown[]) => new Map([["n", values.length]])),
  nothing: define("nothingOf", { version: "1" }, (): undefined => undefined),
  noNumber: define("noNumberOf", { version: "1" }, (): number => Number.NaN),
};
const numbers = { pool: "pool", data: { range: [0, 3] }, process: "bigOf", reduce: "sumOfBigs" } as const;

/** The runs of a grid of its own. */
class Stage {
  readonly place = { url: inject("redisUrl"), grid: randomUUID() };
  readonly runs = new RunQueue(this.place);

  constructor() {
    onTestFinished(() => this.runs.close());
  }

  async connect(): Promise<Grid> {
    const client = await connect(this.place.url, { grid: this.place.grid });
    onTestFinished(() => client.close());
    return client;
  }

  async work(pool = "pool"): Promise<void> {
    const worker = await startWorker({ ...this.place, pool, functions: [{ ...chunks, ...functions }] });
    onTestFinished(() => worker.stop());
  }

  async runner(options: Parameters<typeof resolveOptions<typeof runnerOptions>>[1] = {}): Promise<void> {
    const client = await this.connect();
    const onError = vi.fn();
    const resolved = resolveOptions(runnerOptions, options, "runner");
    const runner = new Runner({ ...this.place, client, options: resolved, onError });
    onTestFinished(async () => {
      await runner.stop();
      expect(onError).not.toHaveBeenCalled();
    });
    await runner.start();
  }

  async show(id: string): Promise<RunSummary> {
    const run = await this.runs.show(id);
    if (run.kind !== "run") throw new Error(`${id} is a schedule`);
    return run;
  }

  async ended(spec: RunSpec): Promise<RunSummary> {
    const id = await this.runs.submit(spec);
    await until(async () => ["completed", "failed"].includes((await this.show(id)).state));
    return this.show(id);
  }
}

it("a run that would write over its data, or twice into one file, behind links and dots is given up before it begins", async () => {
  const stage = new Stage();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "callgrid-runner-")));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [data, hard] = [join(folder, "data"), join(folder, "hard")];
  writeFileSync(data, "a\n");
  linkSync(data, hard);
  await stage.runner({ dataFolder: [folder], outputFolder: [folder] });
  const run = { pool: "pool", process: "kindOfItem" };
  const refused = [
    await stage.ended({ ...run, data: { lines: data }, csv: hard }),
    await stage.ended({ ...run, data: { items: [1] }, csv: `${folder}/new`, failed: `${folder}/./new` }),
  ];
  expect(refused.map(({ reason }) => reason)).toEqual([
    `submitRun.csv ${hard} would overwrite submitRun.data ${data}: they are one file`,
    `submitRun.failed ${folder}/./new would overwrite submitRun.csv ${folder}/new: they are one file`,
  ]);
  expect(readFileSync(data, "utf8")).toBe("a\n");
});

describe("values of a submitted run", () => {
  it("are what they are for every request, on their way there and back", async () => {
    const stage = new Stage();
    await Promise.all([stage.work(), stage.runner()]);
    const items = [new Date(0), new Map(), Number.NaN, undefined, 1n, new Set([1]), new Uint8Array(1)];
    const results = [
      await stage.ended({ pool: "pool", data: { items }, process: "kindOfItem", reduce: "flatOfLists" }),
      await stage.ended(numbers),
      await stage.ended({ ...numbers, reduce: "tableOf" }),
      await stage.ended({ ...numbers, reduce: "nothingOf" }),
      await stage.ended({ ...numbers, reduce: "noNumberOf" }),
    ].map(({ result }) => result);
    const values = (...kinds: unknown[]): unknown => expect.objectContaining({ values: kinds });
    expect(results).toEqual([
      { value: ["Date", "Map", "Number", "Undefined", "BigInt", "Set", "Uint8Array"] },
      { value: "3", meta: values("bigint") },
      { value: [["n", expect.any(Number)]], meta: values("map") },
      { value: null, meta: values("undefined") },
      { value: "NaN", meta: values("number") },
    ]);
  });
});

describe("a run whose pool has no workers", () => {
  it("waits for one, and keeps no other run from being carried out", async () => {
    const stage = new Stage();
    await Promise.all([stage.work(), stage.runner({ concurrency: 1 })]);
    const waiting = await stage.runs.submit({ ...numbers, pool: "empty" });
    const client = await stage.connect();
    // something is queued there, so that hosts and autoscalers start workers
    await until(async () => (await client.status("empty")).queued > 0);
    expect(await stage.ended(numbers)).toMatchObject({ state: "completed", attempts: 1 });
    expect(await stage.runs.logs(waiting)).toEqual(["waits for workers of pool empty"]);
    const reason = "waits for workers of pool empty";
    expect(await stage.show(waiting)).toMatchObject({ state: "delayed", dueMs: undefined, reason });
    await stage.work("empty");
    await until(async () => (await stage.show(waiting)).state === "completed");
    expect(await stage.show(waiting)).toMatchObject({ attempts: 1, result: { value: "3" }, reason: undefined });
  });

  it("is given up where it is cancelled", async () => {
    const stage = new Stage();
    await stage.runner();
    const id = await stage.runs.submit(numbers);
    await until(async () => (await stage.runs.logs(id)).length > 0);
    await stage.runs.cancel(id);
    await until(async () => (await stage.show(id)).state === "failed");
    expect(await stage.show(id)).toMatchObject({ reason: "cancelled" });
  });
});

describe("a run that is cancelled", () => {
  const refused = (message: string): Error =>
    expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) as unknown }) as Error;

  it("while it waits has failed at once, also without a runner, and waits again when it is resumed", async () => {
    const { runs } = new Stage();
    for (const spec of [numbers, { ...numbers, delayMs: 3_600_000 }]) {
      const id = await runs.submit(spec);
      const before = await runs.show(id);
      expect(await runs.cancel(id)).toMatchObject({ state: "failed", reason: "cancelled", dueMs: undefined });
      expect(await runs.list()).toContainEqual(await runs.show(id));
      await expect(runs.cancel(id)).rejects.toThrowError(refused(`run ${id} is cancelled: expected one that waits`));
      await runs.resume(id);
      expect(await runs.show(id)).toEqual(before);
      await expect(runs.resume(id)).rejects.toThrowError(refused("expected one that has failed or was cancelled"));
    }
  });

  it("is not carried out by a runner that takes it later, and is when it is retried, by BullMQ too", async () => {
    const stage = new Stage();
    const { runs, place } = stage;
    const queue = new Queue(runQueueName(place.grid), { ...runConnection(place), skipVersionCheck: true });
    onTestFinished(() => queue.close());
    const [one, other] = [await runs.submit(numbers), await runs.submit(numbers)];
    for (const id of [one, other]) await runs.cancel(id);
    await Promise.all([stage.work(), stage.runner()]);
    await stage.ended(numbers);
    for (const id of [one, other]) {
      expect(await stage.show(id)).toMatchObject({ state: "failed", reason: "cancelled" });
      await until(async () => !(await runs.isCancelled(id)));
    }
    await runs.resume(one);
    await (await queue.getJob(other))?.retry();
    for (const id of [one, other]) await until(async () => (await stage.show(id)).state === "completed");
  });

  it("after it has ended is refused, and so is resuming one that is completed", async () => {
    const stage = new Stage();
    await Promise.all([stage.work(), stage.runner()]);
    const { id } = await stage.ended(numbers);
    await expect(stage.runs.cancel(id)).rejects.toThrowError(refused(`run ${id} is completed`));
    await expect(stage.runs.resume(id)).rejects.toThrowError(refused(`run ${id} is completed`));
    await expect(stage.runs.retry(id)).rejects.toThrowError(refused(`run ${id} is completed`));
    expect(await stage.show(id)).toMatchObject({ state: "completed", result: { value: "3" } });
    const { id: failed } = await stage.ended({ ...numbers, process: "nowhere" });
    await expect(stage.runs.cancel(failed)).rejects.toThrowError(refused(`run ${failed} is failed`));
  });
});

it("as many ended runs are kept as the runner says", async () => {
  const stage = new Stage();
  await Promise.all([stage.work(), stage.runner({ keepRuns: 2 })]);
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1) ids.push((await stage.ended(numbers)).id);
  expect((await stage.runs.list()).map(({ id }) => id).sort()).toEqual(ids.slice(2).sort());
});

it("of a schedule ten ended runs are kept", async () => {
  const stage = new Stage();
  await Promise.all([stage.work(), stage.runner()]);
  const schedule = await stage.runs.submit({ ...numbers, cron: "0 3 * * *" });
  const seen = new Set<string>();
  while (seen.size < 13) {
    const { nextMs } = await stage.runs.schedules.show(schedule);
    const id = `repeat:${schedule}:${nextMs}`;
    await stage.runs.hurry(id);
    await until(async () => (await stage.runs.history(schedule))[0]?.id === id);
    await until(async () => (await stage.show(id)).state === "completed");
    seen.add(id);
  }
  const latest = [...seen].reverse().slice(0, 10);
  await until(async () => (await stage.runs.history(schedule)).length === 10);
  expect((await stage.runs.history(schedule)).map(({ id }) => id)).toEqual(latest);
});
