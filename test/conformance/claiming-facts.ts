/** Facts of claim and release: from which queue a worker is given what, in which order, and what goes back. */
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorkers,
  longLeaseMs,
  measure,
  payloadOf,
  type SetStage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const c = idOf("c");

const standard = { budgetMicros: 1_000, epoch: 1, skips: [], reach: "roots" as const, volunteerFor: 0 };

export function claimingFacts(setStage: SetStage): void {
  it("a worker that is not a member is ordered to join first", async () => {
    const stage = await setStage();
    const reply = await expectNoChange(stage, () => stage.pool.claim({ ...standard, worker: "w1", max: 1 }));
    expect(reply).toEqual({ kind: "unknown-worker", claims: [], volunteers: 0, isMore: false });
  });

  it("a worker that has an old function table is ordered to read the new one", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    const reply = await expectNoChange(stage, () => stage.pool.claim({ ...standard, worker: "w1", max: 1, epoch: 0 }));
    expect(reply).toEqual({ kind: "stale", claims: [], volunteers: 0, isMore: false });
  });

  it("a claim is noted with its worker", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    const reply = await expectChanges(stage, () => stage.pool.claim({ ...standard, worker: "w1", max: 1 }), {
      callerQueues: { "0:c1": null },
      requests: { [a]: { owner: "w1", isClaimed: true } },
      running: { w1: [a] },
      counted: { claimed: 1 },
    });
    const claim = { id: a, payload: payloadOf("a"), mode: "use", timeoutMs: 0, losses: 0, priority: 0 };
    expect(reply).toEqual({ kind: "claims", claims: [claim], volunteers: 0, isMore: true });
  });

  it("a claim reports how long its outcome is wanted, and how", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    const submission = { id: a, payload: payloadOf("a"), mode: "bypass", timeoutMs: longLeaseMs } as const;
    await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions: [submission] });
    const { claims } = await stage.pool.claim({ ...standard, worker: "w1", max: 1 });
    expect(claims[0]?.mode).toBe("bypass");
    expect(claims[0]?.timeoutMs).toBeGreaterThan(longLeaseMs / 2);
    expect(claims[0]?.timeoutMs).toBeLessThanOrEqual(longLeaseMs);
  });

  it("the own queue comes first, from its end, and alone", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await submitByWorker(stage.pool, "w1", "b", "c");
    await measure(stage.pool, "work", 1);
    expect(await claimNames(stage.pool, "w1")).toEqual(["c", "b"]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("callers' queues come next, from their heads", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByWorker(stage.pool, "w2", "c");
    await submitByClient(stage.pool, "c1", "a", "b");
    expect(await claimNames(stage.pool, "w1", { max: 1 })).toEqual(["a"]);
    expect(await claimNames(stage.pool, "w1", { max: 1 })).toEqual(["b"]);
  });

  it("the longest own queue of another member comes last, from its head", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2", "w3");
    await submitByWorker(stage.pool, "w2", "a");
    await submitByWorker(stage.pool, "w3", "b", "c");
    await expectChanges(stage, () => claimNames(stage.pool, "w1", { max: 1 }), {
      ownQueues: { w3: [c] },
      requests: { [b]: { owner: "w1", isClaimed: true } },
      running: { w1: [b] },
      counted: { claimed: 1, hoisted: 1 },
    });
    expect(await claimNames(stage.pool, "w1", { max: 1 })).toEqual(["a"]);
  });

  it("a worker that is not open to roots takes from its own queue only", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await expectNoChange(stage, () => claimNames(stage.pool, "w1", { reach: "own-queue" }));
  });

  it("a worker that is open to children only takes from outside what some member waits for", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByClient(stage.pool, "c1", "a");
    await submitByWorker(stage.pool, "w2", "b");
    await stage.pool.submit({
      ...{ process: "w2", leaseMs: 0, queueLimit: 0 },
      submissions: [{ id: idOf("c"), payload: payloadOf("c") }],
    });
    const closed = { reach: "children" as const };
    expect(await claimNames(stage.pool, "w1", { ...closed, max: 1 })).toEqual(["c"]);
    expect(await claimNames(stage.pool, "w1", closed)).toEqual(["b"]);
    await expectNoChange(stage, () => claimNames(stage.pool, "w1", closed));
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("what is claimed elsewhere, done, or withdrawn is on no queue any more", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1", "w2");
    await submitByClient(pool, "c1", "a", "b", "c", "d");
    await submitByWorker(pool, "w2", "a");
    await submitByClient(pool, "c2", "a", "b", "c");
    expect((await stage.dump()).ownQueues).toEqual({ w2: [a] });
    await claimNames(pool, "w2", { max: 1 });
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [b, c, idOf("d")], "0:c2": [b, c] });
    await pool.complete("w1", [{ id: b, outcome: "=1", ttlMs: 0, stamp: "" }], []);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [c, idOf("d")], "0:c2": [c] });
    await pool.withdraw("c1", [c]);
    await pool.withdraw("c2", [c]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [idOf("d")] });
    expect((await pool.inspect()).queued).toBe(1);
    expect(await claimNames(pool, "w1")).toEqual(["d"]);
  });

  it("what is given back by one of two that wait for it is on the pool's queue alone", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1");
    await submitByClient(pool, "c1", "a");
    await submitByClient(pool, "c2", "a");
    await claimNames(pool, "w1");
    await pool.release("w1", [a]);
    expect((await stage.dump()).queue).toEqual([a]);
    await pool.withdraw("c1", [a]);
    await pool.withdraw("c2", [a]);
    expect((await stage.dump()).queue).toEqual([]);
  });

  it("a request none of whose waiters is known any more is dropped instead of claimed", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await stage.pool.leave("c1");
    await expectChanges(stage, () => claimNames(stage.pool, "w1"), {
      callerQueues: { "0:c1": null },
      requests: { [a]: null },
      counted: { dropped: 1 },
    });
  });

  it("what is released goes to the head of the pool's queue, in order", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await measure(stage.pool, "work", 1);
    await submitByClient(stage.pool, "c1", "a", "b", "c");
    await claimNames(stage.pool, "w1", { max: 2 });
    await expectChanges(stage, () => stage.pool.release("w1", [a, b]), {
      queue: [a, b],
      requests: { [a]: { owner: null, isClaimed: false }, [b]: { owner: null, isClaimed: false } },
      running: { w1: null },
      counted: { released: 2 },
    });
  });

  it("what is released waits for nothing any more, and is as far as if it had never run", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await stage.pool.mark("w1", [{ id: a, waitsFor: [b] }], [], [{ id: a, done: 1, total: 3 }]);
    await stage.pool.release("w1", [a]);
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: null, suspended: null, progress: null });
  });

  it("only the owner can release", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await expectNoChange(stage, () => stage.pool.release("w2", [a]));
  });
}
