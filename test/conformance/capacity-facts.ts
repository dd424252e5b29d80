/** Facts of survey, noteCapacity and reportHost. */
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorker,
  joinWorkers,
  lapse,
  longLeaseMs,
  measure,
  type SetStage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const all = { requests: 100, members: 100 };
const report = { score: 2.5, minWorkers: 0, maxWorkers: 4, description: { host: "lab-3" } };
const host = { id: "h1", leaseMs: longLeaseMs, ...report };

export function capacityFacts(setStage: SetStage): void {
  it("a survey of an empty pool finds nothing", async () => {
    const stage = await setStage();
    const empty = { queued: 0, workers: 0, idleWorkers: 0, slotsPerWorker: 1, hosts: [], expected: [], waiting: [] };
    expect(await expectNoChange(stage, () => stage.pool.survey(all))).toEqual(empty);
  });

  it("a survey reports what waits, with what it is known to take, and who works; what is claimed does not wait", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1");
    await joinWorker(pool, "w2", { rest: "v1" });
    await pool.join({
      ...{ id: "w3", kind: "worker", leaseMs: longLeaseMs },
      ...{ description: { slots: 4 }, functions: new Map([["work", "v1"]]) },
    });
    await pool.join({
      ...{ id: "d1", kind: "distributor", leaseMs: longLeaseMs },
      ...{ description: {}, functions: new Map() },
    });
    await claimNames(pool, "w2", { volunteerFor: 1, skips: ["work"] });
    await submitByClient(pool, "c1", "a", "b");
    await claimNames(pool, "w1", { max: 1 });
    await submitByWorker(pool, "w1", "c");
    const waits = { queued: 2, workers: 3, idleWorkers: 1, slotsPerWorker: 2, hosts: [], expected: [] };
    const unmeasured = [idOf("b"), idOf("c")].map((id) => ({ id, selfMicros: undefined }));
    expect(await expectNoChange(stage, () => pool.survey(all))).toEqual({ ...waits, waiting: unmeasured });
    await measure(pool, "work", 500);
    const measured = unmeasured.map(({ id }) => ({ id, selfMicros: 500 }));
    expect(await pool.survey(all)).toEqual({ ...waits, waiting: measured });
  });

  it("a survey takes bridges for no workers, idle or not", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    const bridge = { kind: "worker", leaseMs: longLeaseMs, description: { bridgesTo: "child" } } as const;
    for (const id of ["b1", "b2"]) await pool.join({ ...bridge, id, functions: new Map([["work", "v1"]]) });
    for (const id of ["w1", "b1"]) await claimNames(pool, id, { volunteerFor: 1 });
    expect(await pool.survey(all)).toMatchObject({ workers: 1, idleWorkers: 1, slotsPerWorker: 1 });
  });

  it("a survey samples both ends of a long queue", async () => {
    const { pool } = await setStage();
    await submitByClient(pool, "c1", "a", "b", "c", "d", "e", "f");
    const { queued, waiting } = await pool.survey({ requests: 3, members: 100 });
    expect(queued).toBe(6);
    expect(waiting.map(({ id }) => id)).toEqual(["a", "b", "f"].map(idOf));
  });

  it("only the head notes how many workers there should be, and notifies hosts and watchers", async () => {
    const stage = await setStage();
    const { pool } = stage;
    const noted = { desiredWorkers: 3, shares: { h1: 2, h2: 1 } };
    expect(await expectNoChange(stage, () => pool.noteCapacity("d1", noted))).toBe(false);
    await pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 10 });
    expect(await expectChanges(stage, () => pool.noteCapacity("d1", noted), { capacity: noted })).toBe(true);
    expect(await expectNoChange(stage, () => pool.noteCapacity("d2", noted))).toBe(false);
    const capacity = { ...noted, ageMs: expect.any(Number) };
    expect(await pool.reportHost(host)).toEqual(capacity);
    expect((await pool.inspect()).capacity).toEqual(capacity);
    expect(await pool.capacity()).toMatchObject(noted);
    const fewer = { desiredWorkers: 1, shares: {} };
    await pool.noteCapacity("d1", fewer);
    expect(await pool.reportHost(host)).toEqual({ ...fewer, ageMs: expect.any(Number) });
  });

  it("a host that reports is there until it leaves, and is not a client", async () => {
    const stage = await setStage();
    const { pool } = stage;
    const changes = { hosts: { h1: report }, leases: { h1: true } };
    expect(await expectChanges(stage, () => pool.reportHost(host), changes)).toBeUndefined();
    expect(await expectNoChange(stage, () => pool.capacity())).toBeUndefined();
    const there = { id: "h1", ...report, leaseLeftMs: expect.any(Number) };
    expect(await pool.inspect()).toMatchObject({ clients: 0, hosts: [there] });
    expect((await pool.survey(all)).hosts).toEqual([there]);
    await expectChanges(stage, () => pool.leave("h1"), { hosts: { h1: null }, leases: { h1: null } });
  });

  it("announced work is shown until it ends, and the latest announcement of an id counts", async () => {
    const stage = await setStage();
    const { pool } = stage;
    const spike = { id: "spike", workMs: 90_000, startsInMs: longLeaseMs, withinMs: 600_000, ttlMs: 2 * longLeaseMs };
    const changes = { expected: { spike: { workMs: 90_000, withinMs: 600_000 } } };
    expect(await expectChanges(stage, () => pool.announceWork(spike), changes)).toBe(true);
    const times = { startsInMs: expect.any(Number), endsInMs: expect.any(Number) };
    const shown = { id: "spike", workMs: 90_000, withinMs: 600_000, ...times };
    expect((await expectNoChange(stage, () => pool.survey(all))).expected).toEqual([shown]);
    expect((await pool.inspect()).expected).toEqual([shown]);
    const rest = { id: "batch", workMs: 2.5, startsInMs: 0, withinMs: 0, ttlMs: longLeaseMs };
    await pool.announceWork(rest);
    await pool.announceWork({ ...spike, workMs: 10 });
    const works = (await pool.survey(all)).expected;
    expect(works.map(({ id, workMs }) => [id, workMs])).toEqual([
      ["batch", 2.5],
      ["spike", 10],
    ]);
    expect(works[0]?.startsInMs).toBe(0);
    await expectChanges(stage, () => pool.announceWork({ ...rest, workMs: 0 }), { expected: { batch: null } });
  });

  it("announced work that has ended is not shown, and is dropped with the next announcement", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await pool.announceWork({ id: "over", workMs: 5, startsInMs: 0, withinMs: 0, ttlMs: 0 });
    expect((await pool.survey(all)).expected).toEqual([]);
    const next = { id: "next", workMs: 5, startsInMs: 0, withinMs: 0, ttlMs: longLeaseMs };
    const changes = { expected: { over: null, next: { workMs: 5, withinMs: 0 } } };
    expect(await expectChanges(stage, () => pool.announceWork(next), changes)).toBe(true);
  });

  it("a pool with 1,000 announcements takes no further one, but replaces and withdraws", async () => {
    const stage = await setStage();
    const { pool } = stage;
    const work = { workMs: 5, startsInMs: 0, withinMs: 0, ttlMs: longLeaseMs };
    for (let index = 0; index < 1_000; index += 1) await pool.announceWork({ ...work, id: `work-${index}` });
    expect(await expectNoChange(stage, () => pool.announceWork({ ...work, id: "more" }))).toBe(false);
    expect(await pool.announceWork({ ...work, id: "work-7", workMs: 6 })).toBe(true);
    expect(await pool.announceWork({ ...work, id: "work-8", workMs: 0 })).toBe(true);
    expect(await pool.announceWork({ ...work, id: "more" })).toBe(true);
  });

  it("a host whose lease has lapsed counts no more, and is swept", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await pool.reportHost(host);
    await lapse(pool, "h1");
    expect((await pool.survey(all)).hosts).toEqual([]);
    expect((await pool.inspect()).hosts[0]?.leaseLeftMs).toBeLessThanOrEqual(0);
    const sweep = { process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 10 };
    const changes = { hosts: { h1: null }, leases: { h1: null } };
    expect(await expectChanges(stage, () => pool.sweep(sweep), changes)).toMatchObject({ lapsedWorkers: [] });
  });
}
