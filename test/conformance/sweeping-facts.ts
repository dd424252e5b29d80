/** Facts of sweep, reportDeath and abdicate: who heads the pool, and what happens to members whose lease lapsed. */
import { expect, it } from "vitest";
import type { PoolDump } from "../../packages/statekeeper/src/memory/records/pool-dump.ts";
import {
  claimNames,
  idOf,
  joinWorkers,
  lapse,
  longLeaseMs,
  payloadOf,
  type SetStage,
  type Stage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const nothing = { lapsedWorkers: [], lapsedClients: 0, reclaimed: 0, moved: 0, isMore: false };
const lapsedReport = { worker: "w1", reason: "its lease lapsed" };

function sweep(
  stage: Stage,
  { process = "d1", headLeaseMs = 0, maxAttempts = 3, limit = 100, sweeperLeaseMs = 0 } = {},
) {
  return stage.pool.sweep({ process, headLeaseMs, maxAttempts, limit, sweeperLeaseMs });
}

/** `a` runs at `w1`, and `c1` waits for it. */
async function setRunning(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  await joinWorkers(stage.pool, "w1");
  await submitByClient(stage.pool, "c1", "a");
  await claimNames(stage.pool, "w1");
  return stage;
}

export function headingFacts(setStage: SetStage): void {
  it("who sweeps with a lease heads the pool, and goes on to", async () => {
    const stage = await setStage();
    const heading = { headLeaseMs: longLeaseMs };
    expect(await expectChanges(stage, () => sweep(stage, heading), { head: "d1" })).toEqual({
      role: "head",
      ...nothing,
    });
    expect(await expectNoChange(stage, () => sweep(stage, heading))).toMatchObject({ role: "head" });
  });

  it("while a distributor heads the pool, no other process sweeps", async () => {
    const stage = await setRunning(setStage);
    await sweep(stage, { headLeaseMs: longLeaseMs });
    await lapse(stage.pool, "w1");
    const reply = await expectNoChange(stage, () => sweep(stage, { process: "d2", headLeaseMs: longLeaseMs }));
    expect(reply).toEqual({ role: "standby", ...nothing });
  });

  it("a pool that no distributor heads can be swept by anybody, who does not head it thereby", async () => {
    const stage = await setStage();
    expect(await expectNoChange(stage, () => sweep(stage))).toEqual({ role: "vacant", ...nothing });
  });

  it("a head whose lease lapsed can be followed", async () => {
    const stage = await setStage();
    await sweep(stage, { headLeaseMs: 1 });
    const next = async () => (await sweep(stage, { process: "d2", headLeaseMs: longLeaseMs })).role;
    while ((await next()) === "standby");
    expect((await stage.dump()).head).toBe("d2");
  });

  it("a head can abdicate, and no other member can in its place", async () => {
    const stage = await setStage();
    await sweep(stage, { headLeaseMs: longLeaseMs });
    await expectNoChange(stage, () => stage.pool.abdicate("d2"));
    await expectChanges(stage, () => stage.pool.abdicate("d1"), { head: null });
  });
}

export function sweeperFacts(setStage: SetStage): void {
  it("of those that ask to be the sweeper one is, and stays it, while the others stand by", async () => {
    const stage = await setRunning(setStage);
    const sweeperLeaseMs = longLeaseMs;
    const first = await expectChanges(stage, () => sweep(stage, { process: "w1", sweeperLeaseMs }), { sweeper: "w1" });
    expect(first.role).toBe("vacant");
    await lapse(stage.pool, "w1");
    const other = await expectNoChange(stage, () => sweep(stage, { process: "w2", sweeperLeaseMs }));
    expect(other).toEqual({ role: "standby", ...nothing });
    expect((await sweep(stage, { process: "w1", sweeperLeaseMs })).lapsedWorkers).toEqual(["w1"]);
  });

  it("a sweeper whose lease lapsed can be followed", async () => {
    const stage = await setStage();
    await sweep(stage, { process: "w1", sweeperLeaseMs: 1 });
    const next = async () => (await sweep(stage, { process: "w2", sweeperLeaseMs: longLeaseMs })).role;
    while ((await next()) === "standby");
    expect((await stage.dump()).sweeper).toBe("w2");
  });

  it("who does not ask to be the sweeper sweeps beside it, and a distributor heads the pool at once", async () => {
    const stage = await setStage();
    await sweep(stage, { process: "w1", sweeperLeaseMs: longLeaseMs });
    expect((await expectNoChange(stage, () => sweep(stage))).role).toBe("vacant");
    await expectChanges(stage, () => sweep(stage, { headLeaseMs: longLeaseMs }), { head: "d1" });
    expect((await sweep(stage, { process: "w1", sweeperLeaseMs: longLeaseMs })).role).toBe("standby");
  });
}

export function retiringFacts(setStage: SetStage): void {
  it("a worker whose lease lapsed is retired: its work goes back to the pool with a loss", async () => {
    const stage = await setRunning(setStage);
    await submitByWorker(stage.pool, "w1", "b");
    await stage.pool.mark("w1", [], [], [{ id: a, done: 1, total: 3 }]);
    await lapse(stage.pool, "w1");
    const reply = await expectChanges(stage, () => sweep(stage), {
      queue: [a, b],
      ownQueues: { w1: null },
      requests: { [a]: { owner: null, isClaimed: false, progress: null, losses: 1, reports: [lapsedReport] } },
      running: { w1: null },
      members: { w1: null },
      leases: { w1: null },
      holders: { "work v1": null },
      lost: { w1: [a] },
      counted: { reclaimed: 2 },
    });
    expect(reply).toEqual({ ...nothing, role: "vacant", lapsedWorkers: ["w1"], reclaimed: 2 });
  });

  it("a client whose lease lapsed is forgotten, with its inbox", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.complete("w1", [{ id: a, outcome: "=1", ttlMs: 0, stamp: "v1#0" }], []);
    await lapse(stage.pool, "c1");
    const reply = await expectChanges(stage, () => sweep(stage), { leases: { c1: null }, inboxes: { c1: null } });
    expect(reply).toEqual({ ...nothing, role: "vacant", lapsedClients: 1 });
  });

  it("a suspended request takes no loss", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.mark("w1", [{ id: a, waitsFor: [] }], []);
    await lapse(stage.pool, "w1");
    await sweep(stage);
    const { requests, lost } = await stage.dump();
    expect(requests[a]).toMatchObject({ owner: null, suspended: null, losses: 0, priority: 0, reports: [] });
    expect(lost).toEqual({});
  });

  const byItself = { exitCode: 1, signal: null };
  const losses = (requests: PoolDump["requests"]) =>
    Object.fromEntries(["a", "b", "c"].map((name) => [name, requests[idOf(name)]?.losses]));

  it.each([
    [
      "what waited takes none if its worker was killed",
      { exitCode: null, signal: "SIGKILL" },
      { a: "c" },
      { a: 1, b: 1, c: 2 },
    ],
    ["nor if a shell reports that", { exitCode: 137 }, { a: "c" }, { a: 1, b: 1, c: 2 }],
    ["what waited for the culprit takes one if the code ended its worker", byItself, { a: "c" }, { a: 2, b: 1, c: 2 }],
    ["through others, too", byItself, { a: "b", b: "c" }, { a: 2, b: 2, c: 2 }],
    ["what waited for another request takes none", byItself, { a: "x", b: "x" }, { a: 1, b: 1, c: 2 }],
    [
      "where nothing ran, the only one takes it that waited for no other",
      byItself,
      { a: "b", b: "x", c: "b" },
      { a: 2, b: 2, c: 2 },
    ],
    [
      "where nothing ran, none takes it if there are several",
      byItself,
      { a: "x", b: "x", c: "b" },
      { a: 1, b: 1, c: 1 },
    ],
  ] as const)("of suspects: %s", async (_, report, waits: Record<string, string>, expected) => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a", "b", "c", "x");
    for (const [worker, end] of [
      ["w1", byItself],
      ["w2", report],
    ] as const) {
      await joinWorkers(stage.pool, worker);
      for (const __ of ["a", "b", "c"]) await claimNames(stage.pool, worker);
      const suspended = Object.entries({ a: "x", b: "x", ...waits }).map(([name, call]) => ({
        id: idOf(name),
        waitsFor: [idOf(call)],
      }));
      await stage.pool.mark(worker, suspended, []);
      await stage.pool.reportDeath(worker, end, 9);
    }
    expect(losses((await stage.dump()).requests)).toEqual(expected);
  });

  it("what waited takes a loss where what ran takes its last one: its caller may be among it", async () => {
    const stage = await setRunning(setStage);
    await submitByClient(stage.pool, "c1", "b");
    const killed = { exitCode: null, signal: "SIGKILL" };
    for (const worker of ["w1", "w2", "w3"]) {
      await joinWorkers(stage.pool, worker);
      for (const _ of ["a", "b"]) await claimNames(stage.pool, worker);
      await stage.pool.mark(worker, [{ id: idOf("b"), waitsFor: [] }], []);
      const { requests } = await stage.dump();
      expect(requests[idOf("b")]).toMatchObject({ owner: worker, losses: 0 });
      await stage.pool.reportDeath(worker, killed, 3);
    }
    const { requests } = await stage.dump();
    expect(requests[a]).toBeUndefined();
    expect(requests[idOf("b")]).toMatchObject({ owner: null, losses: 1 });
  });

  it("what waits for another request takes none by the last loss of what ran", async () => {
    const stage = await setRunning(setStage);
    await submitByClient(stage.pool, "c1", "b", "x");
    const killed = { exitCode: null, signal: "SIGKILL" };
    for (const [worker, waitsFor] of [
      ["w1", []],
      ["w2", []],
      ["w3", [idOf("x")]],
    ] as const) {
      await joinWorkers(stage.pool, worker);
      for (const _ of ["a", "b"]) await claimNames(stage.pool, worker);
      await stage.pool.mark(worker, [{ id: idOf("b"), waitsFor }], []);
      await stage.pool.reportDeath(worker, killed, 3);
    }
    const { requests } = await stage.dump();
    expect(requests[a]).toBeUndefined();
    expect(requests[idOf("b")]).toMatchObject({ owner: null, losses: 0 });
  });

  it("what waited for calls that have all ended counts as running", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.mark("w1", [{ id: a, waitsFor: [idOf("ended")] }], []);
    await stage.pool.reportDeath("w1", { exitCode: null, signal: "SIGKILL" }, 3);
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: null, losses: 1 });
  });

  it("a request that was lost is evaluated although those who waited for it have died", async () => {
    const stage = await setRunning(setStage);
    await joinWorkers(stage.pool, "w2");
    await submitByWorker(stage.pool, "w2", "b");
    await claimNames(stage.pool, "w2");
    await stage.pool.reportDeath("w2", { exitCode: 137 }, 3);
    await joinWorkers(stage.pool, "w3");
    expect(await claimNames(stage.pool, "w3")).toEqual(["b"]);
    expect((await stage.pool.reconcile("w3", [idOf("b")])).abandoned).toEqual([]);
  });

  it("what waited takes its first loss if the code ended its worker, but not a fatal one", async () => {
    for (const [maxAttempts, expected] of [
      [1, 0],
      [2, 1],
    ] as const) {
      const stage = await setRunning(setStage);
      await submitByClient(stage.pool, "c1", "b");
      await claimNames(stage.pool, "w1");
      await stage.pool.mark("w1", [{ id: a, waitsFor: [] }], []);
      await stage.pool.reportDeath("w1", byItself, maxAttempts);
      expect((await stage.dump()).requests[a]).toMatchObject({ owner: null, suspended: null, losses: expected });
    }
  });

  it("a request that took too many losses fails, and who waits is informed why", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.reportDeath("w1", { exitCode: 137 }, 2);
    await joinWorkers(stage.pool, "w2");
    await claimNames(stage.pool, "w2");
    await lapse(stage.pool, "w2");
    await sweep(stage, { maxAttempts: 2 });
    const { requests, inboxes, counters, queue } = await stage.dump();
    expect({ requests, queue, lost: counters["lost"] }).toEqual({ requests: {}, queue: [], lost: 1 });
    const error = {
      msg: "its workers died 2 times while running it",
      code: "WORKER_LOST",
      req: payloadOf("a"),
      details: { losses: 2, reports: [{ exitCode: 137 }, { ...lapsedReport, worker: "w2" }] },
    };
    expect(inboxes).toEqual({ c1: [{ kind: "outcome", id: a, error }] });
  });

  it("a claim reports how often the request was lost", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.reportDeath("w1", {}, 9);
    await joinWorkers(stage.pool, "w2");
    const { epoch } = await stage.pool.functions();
    const claim = { worker: "w2", max: 1, budgetMicros: 1, epoch, skips: [], reach: "roots" as const, volunteerFor: 0 };
    expect((await stage.pool.claim(claim)).claims[0]?.losses).toBe(1);
  });

  it("a worker that was only slow takes the losses back when it joins again", async () => {
    const stage = await setRunning(setStage);
    await lapse(stage.pool, "w1");
    await sweep(stage);
    await expectChanges(stage, () => joinWorkers(stage.pool, "w1"), {
      requests: { [a]: { losses: 0, priority: 0, reports: [] } },
      lost: { w1: null },
      members: { w1: { kind: "worker", description: { host: "here" }, functions: { work: "v1" } } },
      leases: { w1: true },
      holders: { "work v1": 1 },
      counted: { "joined-members": 1 },
    });
  });

  it("a worker known to have died is retired at once, and its report is kept", async () => {
    const stage = await setRunning(setStage);
    await expectChanges(stage, () => stage.pool.reportDeath("w1", { exitCode: 137 }, 3), {
      queue: [a],
      requests: { [a]: { owner: null, isClaimed: false, losses: 1, reports: [{ exitCode: 137 }] } },
      running: { w1: null },
      members: { w1: null },
      leases: { w1: null },
      holders: { "work v1": null },
      counted: { reclaimed: 1 },
    });
  });

  it("a worker that was seen to die takes no losses back, even if another joins under its name", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.reportDeath("w1", { exitCode: 137 }, 3);
    await joinWorkers(stage.pool, "w1");
    expect((await stage.dump()).requests[a]).toMatchObject({ losses: 1, reports: [{ exitCode: 137 }] });
  });

  it("a request that another worker has claimed since is not touched", async () => {
    const stage = await setRunning(setStage);
    await joinWorkers(stage.pool, "w2");
    await stage.pool.release("w1", [a]);
    await claimNames(stage.pool, "w2");
    await stage.pool.reportDeath("w1", {}, 3);
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: "w2", losses: 0 });
  });

  it("sixteen processes are retired in one sweep, the one that lapsed first first", async () => {
    const stage = await setStage();
    const workers = Array.from({ length: 17 }, (_, i) => `w${i}`);
    await joinWorkers(stage.pool, ...workers);
    for (const [i, worker] of workers.entries()) await lapse(stage.pool, worker, 60_000 * (i + 1));
    const first = await sweep(stage);
    expect(first).toMatchObject({ lapsedWorkers: workers.slice(1).reverse(), isMore: true });
    expect(await sweep(stage)).toMatchObject({ lapsedWorkers: ["w0"], isMore: false });
  });

  it("a worker that held more than the bound is retired in steps", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByWorker(stage.pool, "w1", "a", "b", "c");
    await lapse(stage.pool, "w1");
    expect(await sweep(stage, { limit: 2 })).toMatchObject({ lapsedWorkers: ["w1"], reclaimed: 2, isMore: true });
    expect((await stage.dump()).members["w1"]).toBeDefined();
    expect(await sweep(stage, { limit: 2 })).toMatchObject({ lapsedWorkers: ["w1"], reclaimed: 1, isMore: false });
    expect(await stage.dump()).toMatchObject({ members: {}, queue: [idOf("c"), a, b] });
  });

  it("what goes back to the pool is given to volunteers, and so is what is queued anywhere", async () => {
    const stage = await setRunning(setStage);
    await joinWorkers(stage.pool, "w2", "w3");
    await claimNames(stage.pool, "w2", { volunteerFor: 1 });
    await lapse(stage.pool, "w1");
    expect(await sweep(stage)).toMatchObject({ reclaimed: 1, moved: 1, isMore: false });
    expect((await stage.dump()).running).toEqual({ w2: [a] });
  });
}
