/** Schedules: what is kept of them, and which runs begin. */
import { randomUUID } from "node:crypto";
import { Queue, Worker } from "bullmq";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { until } from "../../../../test/harness/until.ts";
import { runConnection, runQueueName } from "./run-place.ts";
import { RunQueue } from "./run-queue.ts";
import type { RunSpec } from "./run-spec.ts";

const nightly = {
  pool: "pool",
  data: { range: [0, 1] },
  process: "double",
  reduce: "sum",
  cron: "0 3 * * *",
} as const satisfies RunSpec;
const refused = (message: string): Error =>
  expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining(message) as unknown }) as Error;

/** The runs of a grid of its own, and BullMQ's own view of them. */
class Stage {
  readonly place = { url: inject("redisUrl"), grid: randomUUID() };
  readonly runs = new RunQueue(this.place);
  readonly queue = new Queue<{ process: string }>(runQueueName(this.place.grid), {
    ...runConnection(this.place),
    skipVersionCheck: true,
  });

  constructor() {
    onTestFinished(async () => {
      await this.queue.close();
      await this.runs.close();
    });
  }

  /** Has the pending run of a schedule begin now, and end as it is ordered to; resolves to its id. */
  async runOnce(schedule: string): Promise<string> {
    const [job] = (await this.queue.getJobs(["delayed"])).filter(({ repeatJobKey }) => repeatJobKey === schedule);
    if (job?.id === undefined) throw new Error(`${schedule} has no pending run`);
    await job.promote();
    const { id } = job;
    await until(async () => (await this.queue.getJob(id))?.finishedOn !== undefined);
    return id;
  }

  /** A runner that carries nothing out: each run ends as `end` says. */
  work(end: () => unknown): void {
    const options = { ...runConnection(this.place), skipVersionCheck: true };
    const worker = new Worker(runQueueName(this.place.grid), async () => end(), options);
    onTestFinished(() => worker.close());
  }
}

describe("a schedule", () => {
  it("without a name does not take the place of another", async () => {
    const { runs } = new Stage();
    const ids = [await runs.submit(nightly), await runs.submit({ ...nightly, process: "cube", cron: "30 4 * * *" })];
    const schedules = await runs.schedules.list();
    expect(new Set(schedules.map(({ id }) => id))).toEqual(new Set(ids));
    expect(schedules.map(({ spec, cron }) => [spec.process, cron]).sort()).toEqual([
      ["cube", "30 4 * * *"],
      ["double", "0 3 * * *"],
    ]);
  });

  it("under a name that is taken is refused, and leaves the other as it is", async () => {
    const { runs } = new Stage();
    expect(await runs.submit({ ...nightly, name: "nightly" })).toBe("nightly");
    await expect(runs.submit({ ...nightly, name: "nightly", process: "cube" })).rejects.toThrowError(
      refused('there is a schedule nightly already: choose another name, submit with "replace": true'),
    );
    expect((await runs.schedules.show("nightly")).spec.process).toBe("double");
  });

  it("of one name is taken once, however many submit it at the same time", async () => {
    const { runs } = new Stage();
    const processes = Array.from({ length: 10 }, (_, i) => `process-${i}`);
    const submits = await Promise.allSettled(
      processes.map((process) => runs.submit({ ...nightly, name: "nightly", process })),
    );
    const winner = submits.findIndex(({ status }) => status === "fulfilled");
    expect(submits.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await runs.schedules.show("nightly")).spec.process).toBe(processes[winner]);
  });

  it("is replaced where that is asked for, and what is shown of it is what BullMQ will run", async () => {
    const { runs, queue } = new Stage();
    await runs.submit({ ...nightly, name: "nightly" });
    const replacements = Array.from({ length: 10 }, (_, i) => ({ process: `process-${i}`, cron: `${i} 4 * * *` }));
    await Promise.all(replacements.map((one) => runs.submit({ ...nightly, ...one, name: "nightly", replace: true })));
    const { spec, cron, nextMs } = await runs.schedules.show("nightly");
    const scheduler = await queue.getJobScheduler("nightly");
    expect(scheduler).toMatchObject({ pattern: cron, next: nextMs, template: { data: { process: spec.process } } });
    expect(await queue.getDelayedCount()).toBe(1);
  });

  it("has times of UTC, or of the zone that it names, and shows the next one", async () => {
    const { runs } = new Stage();
    await runs.submit({ ...nightly, name: "utc" });
    await runs.submit({ ...nightly, name: "berlin", tz: "Europe/Berlin" });
    const [berlin, utc] = await runs.schedules.list();
    expect(new Date(utc?.nextMs ?? 0).toISOString()).toMatch(/T03:00:00/);
    expect(new Date(berlin?.nextMs ?? 0).toLocaleString("en-GB", { timeZone: "Europe/Berlin" })).toMatch(/03:00:00$/);
  });

  it("that is paused begins no run, and goes on as it was when it is resumed", async () => {
    const { runs, queue } = new Stage();
    await runs.submit({ ...nightly, name: "nightly", tz: "Asia/Tokyo" });
    const before = await runs.schedules.show("nightly");
    await runs.schedules.pause("nightly");
    expect(await runs.schedules.show("nightly")).toEqual({ ...before, state: "paused", nextMs: undefined });
    expect(await queue.getDelayedCount()).toBe(0);
    await expect(runs.schedules.pause("nightly")).rejects.toThrowError(refused("schedule nightly is paused already"));
    await runs.schedules.resume("nightly");
    expect(await runs.schedules.show("nightly")).toEqual(before);
    await expect(runs.schedules.resume("nightly")).rejects.toThrowError(refused("schedule nightly is not paused"));
  });

  it("that is paused or removed drops a run that is due and that no runner has begun", async () => {
    for (const end of ["pause", "remove"] as const) {
      const { runs, queue } = new Stage();
      await runs.submit({ ...nightly, name: "nightly" });
      await (await queue.getJobs(["delayed"]))[0]?.promote();
      expect(await queue.getWaitingCount()).toBe(1);
      await runs.schedules[end]("nightly");
      expect(await queue.getWaitingCount()).toBe(0);
    }
  });

  it("that is removed is gone, and its name is free", async () => {
    const { runs, queue } = new Stage();
    await runs.submit({ ...nightly, name: "nightly" });
    await runs.schedules.remove("nightly");
    expect([await runs.list(), await queue.getJobSchedulersCount(), await queue.getDelayedCount()]).toEqual([[], 0, 0]);
    for (const call of ["show", "pause", "resume", "remove"] as const)
      await expect(runs.schedules[call]("nightly")).rejects.toThrowError(refused("there is no schedule nightly"));
    expect(await runs.submit({ ...nightly, name: "nightly" })).toBe("nightly");
  });

  it("that is removed while it is resumed is gone", async () => {
    const { runs, queue } = new Stage();
    for (let attempt = 0; attempt < 30; attempt += 1) {
      await runs.submit({ ...nightly, name: "nightly" });
      await runs.schedules.pause("nightly");
      await Promise.allSettled([runs.schedules.resume("nightly"), runs.schedules.remove("nightly")]);
      expect([await runs.schedules.list(), await queue.getJobSchedulersCount()]).toEqual([[], 0]);
    }
  });

  it("goes by its id wherever a run's id is taken", async () => {
    const stage = new Stage();
    const { runs } = stage;
    const id = await runs.submit(nightly);
    expect(await runs.show(id)).toMatchObject({ kind: "schedule", id, state: "delayed" });
    expect(await runs.logs(id)).toEqual([]);
    await expect(runs.retry(id)).rejects.toThrowError(refused(`schedule ${id} has begun no run yet`));
    expect(await runs.cancel(id)).toMatchObject({ id, state: "paused" });
    await expect(runs.cancel(id)).rejects.toThrowError(refused("is paused already"));
    await runs.resume(id);
    let isBroken = true;
    stage.work(() => {
      if (isBroken) throw new Error("broken for now");
      return {};
    });
    const run = await stage.runOnce(id);
    isBroken = false;
    expect(await runs.retry(id)).toBe(run);
    await until(async () => (await runs.show(run)).state === "completed");
  });
});

/** BullMQ keeps something else under the first ones, and callgrid its schedules. */
describe.each(["meta", "id", "events", "marker", "repeat", "schedules"])('the name "%s"', (name) => {
  it("is no id of a run", async () => {
    const { runs } = new Stage();
    await runs.submit(nightly);
    for (const use of [runs.show(name), runs.cancel(name), runs.resume(name), runs.retry(name), runs.logs(name)])
      await expect(use).rejects.toThrow(refused(`there is no run ${name}`));
    expect(await runs.list()).toHaveLength(1);
  });

  it("can be that of a schedule", async () => {
    const { runs } = new Stage();
    expect(await runs.submit({ ...nightly, name })).toBe(name);
    expect(await runs.show(name)).toMatchObject({ kind: "schedule", id: name });
    expect(await runs.cancel(name)).toMatchObject({ state: "paused" });
    await runs.resume(name);
    expect(await runs.logs(name)).toEqual([]);
    expect(await runs.list()).toMatchObject([{ id: name, state: "delayed" }]);
  });
});

describe("the list of runs", () => {
  it("has an entry for a schedule, those of its runs that are under way, and the latest that has ended", async () => {
    const stage = new Stage();
    const { runs } = stage;
    await runs.submit({ ...nightly, name: "nightly" });
    stage.work(() => ({}));
    const ended: string[] = [];
    for (let count = 0; count < 12; count += 1) ended.push(await stage.runOnce("nightly"));
    const listed = await runs.list();
    expect(listed.map(({ id, kind, state }) => [kind, id, state])).toEqual(
      expect.arrayContaining([
        ["schedule", "nightly", "delayed"],
        ["run", ended.at(-1), "completed"],
      ]),
    );
    expect(listed).toHaveLength(2);
    expect((await runs.history("nightly")).map(({ id }) => id)).toEqual(ended.toReversed());
    await runs.dropHistory(ended.at(-1) ?? "");
    expect((await runs.history("nightly")).map(({ id }) => id)).toEqual(ended.toReversed().slice(0, 10));
  });

  it("has each run once, whatever changes meanwhile", async () => {
    const stage = new Stage();
    const { runs } = stage;
    const { cron: _, ...once } = nightly;
    const ids = await Promise.all(Array.from({ length: 60 }, () => runs.submit(once)));
    stage.work(() => ({}));
    for (let isAtEnd = false; !isAtEnd; ) {
      isAtEnd = (await stage.queue.getCompletedCount()) === ids.length;
      expect((await runs.list()).map(({ id }) => id).sort()).toEqual([...ids].sort());
    }
  });
});
