/** Facts of submit: what is answered, joined, queued and refused. */
import type { Submission, SubmitBatch } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorker,
  joinWorkers,
  longLeaseMs,
  payloadOf,
  type SetStage,
  type Stage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const trace = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
const otherTrace = `00-${"3".repeat(32)}-${"4".repeat(16)}-01`;

function submit(stage: Stage, submission: Partial<Submission>, batch: Partial<SubmitBatch> = {}) {
  const submissions = [{ id: a, payload: payloadOf("a"), ...submission }];
  return stage.pool.submit({ process: "c1", leaseMs: 0, queueLimit: 0, submissions, ...batch });
}

/** Has `a` evaluated to `=1` by a worker, stamped `v1#0`. */
async function keepResult(stage: Stage, ttlMs = longLeaseMs): Promise<void> {
  await joinWorkers(stage.pool, "w1");
  await stage.pool.complete("w1", [{ id: a, outcome: "=1", ttlMs, stamp: "v1#0" }], []);
}

export function submittingFacts(setStage: SetStage): void {
  it("a new request goes to the end of its caller's queue, and that process gets a lease", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "b");
    const reply = await expectChanges(stage, () => submit(stage, {}, { process: "c2", leaseMs: longLeaseMs }), {
      callerQueues: { "0:c2": [a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["c2"] } },
      leases: { c2: true },
      counted: { submitted: 1 },
    });
    expect(reply).toEqual({ answers: [], volunteers: 0 });
  });

  it("a lease of 0 leaves the process's lease alone", async () => {
    const stage = await setStage();
    await expectChanges(stage, () => submit(stage, {}), {
      callerQueues: { "0:c1": [a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["c1"] } },
      counted: { submitted: 1 },
    });
  });

  it("the context of a trace goes with the claim, and is not part of the payload", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await expectChanges(stage, () => submit(stage, { trace }, { leaseMs: longLeaseMs }), {
      callerQueues: { "0:c1": [a] },
      leases: { c1: true },
      requests: { [a]: { payload: payloadOf("a"), trace, waiters: ["c1"] } },
      counted: { submitted: 1 },
    });
    expect(await stage.pool.inspectRequest(a)).toMatchObject({ payload: payloadOf("a") });
    const { epoch } = await stage.pool.functions();
    const ample = { max: 1, budgetMicros: 1_000_000_000, reach: "roots" as const, volunteerFor: 0 };
    const { claims } = await stage.pool.claim({ worker: "w1", epoch, skips: [], ...ample });
    expect(claims).toMatchObject([{ id: a, payload: payloadOf("a"), trace }]);
  });

  it("who joins without a trace leaves the one that is there, and who has one replaces it", async () => {
    const stage = await setStage();
    await submit(stage, { trace });
    await expectChanges(stage, () => submit(stage, {}, { process: "c2" }), {
      callerQueues: { "0:c2": [a] },
      requests: { [a]: { waiters: ["c1", "c2"] } },
      counted: { submitted: 1, joined: 1 },
    });
    await expectChanges(stage, () => submit(stage, { trace: otherTrace }), {
      requests: { [a]: { trace: otherTrace } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("an equal request joins the one that is queued, and is in line with its new caller's too, once", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => submit(stage, {}, { process: "c2" }), {
      callerQueues: { "0:c2": [a] },
      requests: { [a]: { waiters: ["c1", "c2"] } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("who joins again is not queued again", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => submit(stage, {}), { counted: { submitted: 1, joined: 1 } });
  });

  it("who joins what is running is not queued", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await expectChanges(stage, () => submit(stage, {}, { process: "c2" }), {
      requests: { [a]: { waiters: ["c1", "c2"] } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("equal requests of one batch become one", async () => {
    const stage = await setStage();
    await expectChanges(stage, () => submitByClient(stage.pool, "c1", "a", "a"), {
      callerQueues: { "0:c1": [a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["c1"] } },
      leases: { c1: true },
      counted: { submitted: 2, joined: 1 },
    });
  });

  it("a request whose result is kept is answered at once", async () => {
    const stage = await setStage();
    await keepResult(stage);
    const reply = await expectChanges(stage, () => submit(stage, {}), {
      counted: { submitted: 1, hits: 1, "hits:work": 1 },
    });
    expect(reply.answers).toEqual([{ index: 0, kind: "outcome", outcome: "=1", stamp: "v1#0" }]);
  });

  it("a result whose time is over is not known any more", async () => {
    const stage = await setStage();
    await keepResult(stage, 1);
    const isKept = async () => (await stage.pool.check("c1", 0, [a]))[0]?.kind === "outcome";
    while (await isKept());
    expect((await submit(stage, {})).answers).toEqual([]);
  });

  it("a result of another version is passed over", async () => {
    const stage = await setStage();
    await keepResult(stage);
    await joinWorker(stage.pool, "w2", { work: "v2" });
    expect((await submit(stage, {})).answers).toEqual([]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [a] });
  });

  it.each(["refresh", "bypass"] as const)("%s queues a request although its result is kept", async (mode) => {
    const stage = await setStage();
    await keepResult(stage);
    await expectChanges(stage, () => submit(stage, { mode }), {
      callerQueues: { "0:c1": [a] },
      requests: { [a]: { payload: payloadOf("a"), mode, waiters: ["c1"] } },
      counted: { submitted: 1 },
    });
  });

  it.each(["refresh", "bypass"] as const)(
    "%s turns a queued request that it joins into one of its kind",
    async (mode) => {
      const stage = await setStage();
      await submitByClient(stage.pool, "c1", "a");
      await expectChanges(stage, () => submit(stage, { mode }), {
        requests: { [a]: { mode } },
        counted: { submitted: 1, joined: 1 },
      });
    },
  );

  it("a held request runs at its process at once, and is not queued", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await expectChanges(stage, () => submit(stage, { isHeld: true }, { process: "w1", worker: "w1" }), {
      requests: { [a]: { payload: payloadOf("a"), owner: "w1", isClaimed: true, waiters: ["w1"] } },
      running: { w1: [a] },
      counted: { submitted: 1 },
    });
  });

  it("a held request that the pool knows is joined, and stays where it was", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => submit(stage, { isHeld: true }, { process: "w1", worker: "w1" }), {
      requests: { [a]: { waiters: ["c1", "w1"] } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("a held request of a process that is not a member is queued", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await expectChanges(stage, () => submit(stage, { isHeld: true }, { process: "w2", worker: "w1" }), {
      ownQueues: { w1: [a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["w2"] } },
      counted: { submitted: 1 },
    });
  });

  it.each(["w1", "w2"])("a held request has no mode of its own, whether %s is a member or not", async (process) => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submit(stage, { isHeld: true, mode: "refresh" }, { process });
    expect((await stage.dump()).requests[a]).toMatchObject({ mode: "use" });
  });

  it("an unknown function is refused by a pool that has functions", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    const reply = await expectChanges(stage, () => submit(stage, { payload: payloadOf("a", "wrok") }), {
      counted: { submitted: 1 },
    });
    expect(reply.answers).toEqual([{ index: 0, kind: "unknown-function" }]);
  });

  it("a pool where no function is registered takes any request", async () => {
    const stage = await setStage();
    expect((await submit(stage, { payload: payloadOf("a", "whatever") })).answers).toEqual([]);
  });

  it("the function is found in a rich payload too", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    expect((await submit(stage, { payload: `{"json":${payloadOf("a")}}` })).answers).toEqual([]);
    expect((await submit(stage, { id: b, payload: `{"json":${payloadOf("b", "wrok")}}` })).answers).toHaveLength(1);
  });

  it("a full pool refuses what is new, and takes what it knows", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    const submissions = ["b", "a", "c"].map((name) => ({ id: idOf(name), payload: payloadOf(name) }));
    const reply = await expectChanges(stage, () => submit(stage, {}, { process: "c2", queueLimit: 2, submissions }), {
      callerQueues: { "0:c2": [b, a] },
      requests: { [a]: { waiters: ["c1", "c2"] }, [b]: { payload: payloadOf("b"), waiters: ["c2"] } },
      counted: { submitted: 3, joined: 1 },
    });
    expect(reply.answers).toEqual([{ index: 2, kind: "pool-full" }]);
  });

  it("a full pool answers what it has a result of", async () => {
    const stage = await setStage();
    await keepResult(stage);
    await submitByClient(stage.pool, "c1", "b");
    const reply = await expectChanges(stage, () => submit(stage, {}, { queueLimit: 1 }), {
      counted: { submitted: 1, hits: 1, "hits:work": 1 },
    });
    expect(reply.answers).toEqual([{ index: 0, kind: "outcome", outcome: "=1", stamp: "v1#0" }]);
  });

  it("the limit of what waits does not hold for own queues", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "b");
    expect((await submit(stage, {}, { process: "w1", worker: "w1", queueLimit: 1 })).answers).toEqual([]);
  });

  it("a re-entrant request goes to the end of its worker's own queue", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByWorker(stage.pool, "w1", "b");
    await expectChanges(stage, () => submitByWorker(stage.pool, "w1", "a"), {
      ownQueues: { w1: [b, a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["w1"] } },
      counted: { submitted: 1 },
    });
  });

  it("a re-entrant request whose worker is not a member goes to the pool's queue, and under its limit", async () => {
    const stage = await setStage();
    const submissions = ["a", "b"].map((name) => ({ id: idOf(name), payload: payloadOf(name) }));
    const batch = { process: "w1", worker: "w1", isReentrant: true, queueLimit: 1, submissions };
    const reply = await expectChanges(stage, () => submit(stage, {}, batch), {
      queue: [a],
      requests: { [a]: { payload: payloadOf("a"), waiters: ["w1"] } },
      counted: { submitted: 2 },
    });
    expect(reply.answers).toEqual([{ index: 1, kind: "pool-full" }]);
  });

  it("a re-entrant request that is queued for a caller goes to the pool's queue too, if it goes to no own queue", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => submit(stage, {}, { process: "w1", isReentrant: true }), {
      queue: [a],
      requests: { [a]: { waiters: ["c1", "w1"] } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("a re-entrant request that is queued elsewhere is copied to the own queue, so its worker can go on with it", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => submitByWorker(stage.pool, "w1", "a"), {
      ownQueues: { w1: [a] },
      requests: { [a]: { waiters: ["c1", "w1"] } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("a re-entrant request that is running is not copied", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await expectChanges(stage, () => submitByWorker(stage.pool, "w2", "a"), {
      requests: { [a]: { waiters: ["c1", "w2"] } },
      counted: { submitted: 1, joined: 1 },
    });
  });

  it("a request is wanted as long as any of its waiters wants it", async () => {
    const stage = await setStage();
    const leftMs = async () => (await stage.pool.inspectRequest(a))?.timeoutMs ?? 0;
    await submit(stage, { timeoutMs: 2 * longLeaseMs });
    await submit(stage, { timeoutMs: longLeaseMs });
    expect(await leftMs()).toBeGreaterThan(longLeaseMs);
    await submit(stage, { timeoutMs: 3 * longLeaseMs });
    expect(await leftMs()).toBeGreaterThan(2 * longLeaseMs);
    await submit(stage, {});
    expect(await leftMs()).toBe(0);
    await submit(stage, { timeoutMs: longLeaseMs });
    expect(await leftMs()).toBe(0);
  });
}
