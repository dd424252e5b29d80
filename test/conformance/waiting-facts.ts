/** Facts of what waiters do: withdraw, check, mark and followWaits. */
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorkers,
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
const c = idOf("c");

/** `w1` holds the named requests, each waiting for others. */
async function setSuspended(setStage: SetStage, edges: Readonly<Record<string, readonly string[]>>): Promise<Stage> {
  const stage = await setStage();
  await joinWorkers(stage.pool, "w1");
  const submissions = Object.keys(edges).map((name) => ({ id: idOf(name), payload: payloadOf(name), isHeld: true }));
  await stage.pool.submit({ process: "w1", worker: "w1", leaseMs: 0, queueLimit: 0, submissions });
  const suspended = Object.entries(edges).map(([name, waitsFor]) => ({ id: idOf(name), waitsFor: waitsFor.map(idOf) }));
  await stage.pool.mark("w1", suspended, []);
  return stage;
}

export function withdrawingFacts(setStage: SetStage): void {
  it("a queued request without waiting callers is removed", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => stage.pool.withdraw("c1", [a]), {
      callerQueues: { "0:c1": null },
      requests: { [a]: null },
      counted: { withdrawn: 1 },
    });
    expect((await stage.pool.inspect()).queued).toBe(0);
  });

  it("a running request without waiting callers is removed, and its owner is notified to stop", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await expectChanges(stage, () => stage.pool.withdraw("c1", [a]), {
      requests: { [a]: null },
      running: { w1: null },
      inboxes: { w1: [{ kind: "cancel", id: a }] },
      counted: { withdrawn: 1 },
    });
  });

  it("a request that another caller waits for goes on", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await submitByClient(stage.pool, "c2", "a");
    await expectChanges(stage, () => stage.pool.withdraw("c1", [a]), { requests: { [a]: { waiters: ["c2"] } } });
  });

  it("who does not wait cannot withdraw", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectNoChange(stage, () => stage.pool.withdraw("c2", [a, b]));
  });
}

export function checkingFacts(setStage: SetStage): void {
  it("a check reports what is pending, what is done, and what is not known", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await stage.pool.complete("w1", [{ id: b, outcome: "=2", ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    const reply = await expectNoChange(stage, () => stage.pool.check("c1", 0, [a, b, c]));
    expect(reply).toEqual([
      { kind: "pending" },
      { kind: "outcome", outcome: "=2", stamp: "v1#0" },
      { kind: "unknown" },
    ]);
  });

  it("who checks waits for what is pending, with a lease, and is in line with what is queued", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => stage.pool.check("c2", longLeaseMs, [a]), {
      requests: { [a]: { waiters: ["c1", "c2"] } },
      leases: { c2: true },
      queue: [a],
    });
  });

  it("who waits for something already is in line no further by checking, nor is who checks on what is under way", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await expectNoChange(stage, () => stage.pool.check("c1", 0, [a]));
    await claimNames(stage.pool, "w1");
    await expectChanges(stage, () => stage.pool.check("c2", 0, [a]), { requests: { [a]: { waiters: ["c1", "c2"] } } });
  });

  it("a worker that waits by checking alone can draw what a caller that is gone had queued", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await stage.pool.check("w1", 0, [a]);
    expect(await claimNames(stage.pool, "w1", { reach: "children" as const })).toEqual(["a"]);
  });
}

export function markingFacts(setStage: SetStage): void {
  it("the owner marks what waits, what goes on, and how far it is", async () => {
    const stage = await setSuspended(setStage, { a: [], b: ["c"] });
    const progress = [{ id: b, done: 1, total: 3 }];
    await expectChanges(stage, () => stage.pool.mark("w1", [{ id: a, waitsFor: [b, c] }], [b], progress), {
      requests: { [a]: { suspended: b + c }, [b]: { suspended: null, progress: { done: 1, total: 3 } } },
    });
  });

  it("only the owner marks", async () => {
    const stage = await setSuspended(setStage, { a: ["b"] });
    const progress = [{ id: a, done: 1, total: 3 }];
    await expectNoChange(stage, () => stage.pool.mark("w2", [{ id: a, waitsFor: [c] }], [a], progress));
  });

  it("who waits for whom is followed from several requests at once, in cycles too", async () => {
    const stage = await setSuspended(setStage, { a: ["d", "b"], b: ["d", "c"], c: ["a"], d: [] });
    const waits = [
      [a, [idOf("d"), b]],
      [b, [idOf("d"), c]],
      [c, [a]],
    ];
    expect([...(await stage.pool.followWaits([a, c], 100))].toSorted()).toEqual(waits);
    expect([...(await stage.pool.followWaits([idOf("d"), idOf("e")], 100))]).toEqual([]);
  });

  it("no more requests than the limit are looked at", async () => {
    const stage = await setSuspended(setStage, { a: ["b"], b: ["c"], c: ["a"] });
    expect([...(await stage.pool.followWaits([a], 2)).keys()]).toEqual([a, b]);
    expect([...(await stage.pool.followWaits([a], 0)).keys()]).toEqual([]);
  });
}

export function reconcilingFacts(setStage: SetStage): void {
  it("a claim whose message got lost is given again", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await claimNames(stage.pool, "w1", { volunteerFor: 2 });
    await submitByClient(stage.pool, "c1", "b", "a");
    const { claims, abandoned } = await expectNoChange(stage, () => stage.pool.reconcile("w1", [b]));
    expect(claims).toEqual([{ id: a, payload: payloadOf("a"), mode: "use", timeoutMs: 0, losses: 0, priority: 0 }]);
    expect(abandoned).toEqual([]);
  });

  it("a held request without waiting callers is closed and named", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await stage.pool.leave("c1");
    const reply = await expectChanges(stage, () => stage.pool.reconcile("w1", [a]), {
      requests: { [a]: null },
      running: { w1: null },
      counted: { withdrawn: 1 },
    });
    expect(reply).toEqual({ claims: [], abandoned: [a], isVolunteer: false });
  });

  it("a request that is queued again, claimed elsewhere or unknown goes on, even without waiting callers", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1", "w2");
    await submitByClient(pool, "c1", "a", "b");
    await claimNames(pool, "w1", { max: 1 });
    await pool.release("w1", [a]);
    await claimNames(pool, "w2", { max: 1 });
    await pool.leave("c1");
    const reply = await expectNoChange(stage, () => pool.reconcile("w1", [a, b, c]));
    expect(reply).toEqual({ claims: [], abandoned: [], isVolunteer: false });
  });

  it("a worker learns whether it is a volunteer", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    const isVolunteer = async () => (await pool.reconcile("w1", [])).isVolunteer;
    expect(await isVolunteer()).toBe(false);
    await claimNames(pool, "w1", { volunteerFor: 1 });
    expect(await isVolunteer()).toBe(true);
    await submitByClient(pool, "c1", "a");
    expect(await isVolunteer()).toBe(false);
  });

  it("what both agree on stays as it is", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByWorker(stage.pool, "w2", "a");
    await claimNames(stage.pool, "w1");
    const reply = await expectNoChange(stage, () => stage.pool.reconcile("w1", [a, b]));
    expect(reply).toEqual({ claims: [], abandoned: [], isVolunteer: false });
  });
}
