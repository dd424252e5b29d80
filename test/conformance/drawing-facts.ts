/** Facts of drawing: where a claim ends, and the ids that it meets and leaves. */
import { type ClaimReply, type PoolKeeper, usualLimits } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorker,
  joinWorkers,
  lapse,
  longLeaseMs,
  measure,
  payloadOf,
  type SetStage,
  type Stage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const c = idOf("c");

const standard = { budgetMicros: 1_000, skips: [], reach: "roots" as const, volunteerFor: 0 };

/** `a` took a loss with `w1`, and is queued; `w2` could run it, and knows that `work` takes a moment only. */
async function setLost(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  const { pool } = stage;
  await joinWorkers(pool, "w1", "w2");
  await submitByClient(pool, "c1", "a");
  await claimNames(pool, "w1");
  await lapse(pool, "w1");
  await pool.sweep({ process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 100 });
  await measure(pool, "work", 1);
  return stage;
}

function submitOthers(pool: PoolKeeper, ...names: readonly string[]): Promise<unknown> {
  const submissions = names.map((name) => ({ id: idOf(name), payload: payloadOf(name, "other") }));
  return pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
}

export function drawingFacts(setStage: SetStage): void {
  it("a claim ends where the measured work fills the budget", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await measure(stage.pool, "work", 40);
    await submitByClient(stage.pool, "c1", "a", "b", "c", "d");
    expect(await claimNames(stage.pool, "w1", { budgetMicros: 100 })).toEqual(["a", "b", "c"]);
  });

  it.each([
    [40, "is for more by what it may spare", 8],
    [8, "is for one part in four, of what two members have before them", 3],
    [2, "is for its budget", 2],
  ])("while %i are queued, a claim %s", async (queued, _, expected) => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await measure(stage.pool, "work", 10);
    const names = Array.from({ length: queued }, (_, place) => `r${place}`);
    await submitByClient(stage.pool, "c1", ...names);
    const claimed = await claimNames(stage.pool, "w1", { budgetMicros: 20, spareMicros: 60 });
    expect(claimed).toEqual(names.slice(0, expected));
  });

  it("a request that is more than the budget is claimed alone while little is queued", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await measure(stage.pool, "work", 50);
    await submitByClient(stage.pool, "c1", "a", "b", "c");
    expect(await claimNames(stage.pool, "w1", { budgetMicros: 20, spareMicros: 60 })).toEqual(["a"]);
  });

  it("a request that was lost before is claimed alone, whatever the claim may spare", async () => {
    const stage = await setLost(setStage);
    await submitByClient(stage.pool, "c1", ...Array.from({ length: 20 }, (_, place) => `r${place}`));
    expect(await claimNames(stage.pool, "w2", { budgetMicros: 1_000, spareMicros: 1_000 })).toEqual(["a"]);
  });

  it("a function that was never measured fills any budget", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await submitByClient(stage.pool, "c1", "a", "b");
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [b] });
  });

  it("a claim reports whether its limits ended it, or the end of the queue", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await measure(pool, "work", 40);
    const isMore = async (max: number, budgetMicros: number): Promise<ClaimReply["isMore"]> => {
      const reply = await pool.claim({ ...standard, worker: "w1", epoch: 1, max, budgetMicros });
      await pool.release(
        "w1",
        reply.claims.map(({ id }) => id),
      );
      return reply.isMore;
    };
    await submitByClient(pool, "c1", "a", "b");
    expect(await isMore(3, 1_000)).toBe(false);
    expect(await isMore(2, 1_000)).toBe(true);
    expect(await isMore(3, 80)).toBe(true);
    expect(await isMore(3, 81)).toBe(false);
  });

  it("a request that was lost before ends the claim that it begins", async () => {
    const { pool, dump } = await setLost(setStage);
    await submitByClient(pool, "c1", "b");
    const { epoch } = await pool.functions();
    const reply = await pool.claim({ ...standard, worker: "w2", max: 9, epoch });
    expect(reply).toMatchObject({ claims: [{ id: a, losses: 1 }], isMore: true });
    expect((await dump()).callerQueues).toEqual({ "0:c1": [b] });
  });

  it("a request that was lost before ends a claim that others began, and stays where it was", async () => {
    const stage = await setLost(setStage);
    const { pool } = stage;
    await submitByClient(pool, "c1", "c");
    await submitByWorker(pool, "w2", "b");
    await claimNames(pool, "w2");
    await pool.release("w2", [b]);
    expect((await stage.dump()).queue).toEqual([b, a]);
    await expectChanges(stage, () => claimNames(pool, "w2"), {
      queue: [a],
      requests: { [b]: { owner: "w2", isClaimed: true } },
      running: { w2: [b] },
      counted: { claimed: 1 },
    });
    expect(await claimNames(pool, "w2")).toEqual(["a"]);
    expect(await claimNames(pool, "w2")).toEqual(["c"]);
  });

  it("a request that was lost before stays at the end of an own queue too", async () => {
    const stage = await setLost(setStage);
    await submitByWorker(stage.pool, "w2", "c", "a", "b");
    expect(await claimNames(stage.pool, "w2")).toEqual(["b"]);
    expect((await stage.dump()).ownQueues).toEqual({ w2: [c, a] });
    expect(await claimNames(stage.pool, "w2")).toEqual(["a"]);
  });

  it("what a worker cannot evaluate stays on its caller's queue, in order", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorker(pool, "w1", { work: "v1", other: "v1" });
    await measure(pool, "work", 1);
    await submitOthers(pool, "a", "b");
    await submitByClient(pool, "c1", "c");
    expect(await claimNames(pool, "w1", { skips: ["other"] })).toEqual(["c"]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [a, b] });
  });

  it("what a worker cannot evaluate goes from its own queue to the head of the pool's", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorker(pool, "w1", { work: "v1", other: "v1" });
    const submissions = ["a", "b"].map((name) => ({ id: idOf(name), payload: payloadOf(name, "other") }));
    await pool.submit({ process: "w1", worker: "w1", leaseMs: 0, queueLimit: 0, submissions });
    expect(await claimNames(pool, "w1", { skips: ["other"], reach: "own-queue" })).toEqual([]);
    expect((await stage.dump()).queue).toEqual([b, a]);
    expect((await stage.dump()).ownQueues).toEqual({});
  });

  it("a claim that passes many requests over is made again, and goes on where the last one stopped", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorker(pool, "w1", { work: "v1", other: "v1" });
    const many = Array.from({ length: 2 * usualLimits.passedPerQueue }, (_, i) => `n${i}`);
    await submitOthers(pool, ...many);
    await submitByClient(pool, "c1", "a");
    const claim = () => pool.claim({ ...standard, worker: "w1", epoch: 1, max: 9, skips: ["other"] });
    for (const halves of [1, 2]) {
      expect(await claim()).toMatchObject({ kind: "again", claims: [] });
      const passed = Object.values((await stage.dump()).passed["caller:0:c1"] ?? {});
      expect(passed).toEqual([halves * usualLimits.passedPerQueue]);
    }
    expect(await claim()).toMatchObject({ kind: "claims", claims: [{ id: a }] });
    expect((await stage.dump()).callerQueues["0:c1"]).toEqual(many.map(idOf));
  });

  it("what some pass over on one queue keeps them from no other", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorker(pool, "w1", { work: "v1", other: "v1" });
    await joinWorker(pool, "w2", { work: "v1", other: "v1" });
    await measure(pool, "work", 1);
    const many = Array.from({ length: 3 * usualLimits.passedPerQueue }, (_, i) => `n${i}`);
    const submissions = many.map((name) => ({ id: idOf(name), payload: payloadOf(name, "other") }));
    await pool.submit({ process: "w2", leaseMs: 0, queueLimit: 0, isReentrant: true, submissions });
    await submitByClient(pool, "c1", "a");
    expect(await claimNames(pool, "w1", { skips: ["other"] })).toEqual(["a"]);
  });

  it("of other members' queues, one that is long and cannot be taken from hides no shorter one", async () => {
    const stage = await setStage();
    const { pool } = stage;
    for (const worker of ["w1", "w2", "w3"]) await joinWorker(pool, worker, { work: "v1", other: "v1" });
    const submissions = ["a", "b"].map((name) => ({ id: idOf(name), payload: payloadOf(name, "other") }));
    await pool.submit({ process: "w2", worker: "w2", leaseMs: 0, queueLimit: 0, submissions });
    await submitByWorker(pool, "w3", "c");
    expect(await claimNames(pool, "w1", { skips: ["other"] })).toEqual(["c"]);
  });

  it("what goes to the head of the pool's queue is seen by those who have passed over what is behind it", async () => {
    const stage = await setStage();
    const { pool } = stage;
    for (const worker of ["w1", "w2"]) await joinWorker(pool, worker, { work: "v1", other: "v1" });
    await submitByClient(pool, "c1", "a");
    await claimNames(pool, "w2");
    const submissions = [{ id: b, payload: payloadOf("b", "other") }];
    await pool.submit({ process: "w2", leaseMs: 0, queueLimit: 0, isReentrant: true, submissions });
    expect(await claimNames(pool, "w1", { skips: ["other"] })).toEqual([]);
    await pool.release("w2", [a]);
    expect(await claimNames(pool, "w1", { skips: ["other"] })).toEqual(["a"]);
  });

  it("a request that a member waits for too, now, is seen by those who have passed it over", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1", "w2");
    await submitByClient(pool, "c1", "a");
    await claimNames(pool, "w2");
    await pool.release("w2", [a]);
    const closed = { reach: "children" as const };
    expect(await claimNames(pool, "w1", closed)).toEqual([]);
    const submissions = [{ id: a, payload: payloadOf("a") }];
    await pool.submit({ process: "w2", leaseMs: 0, queueLimit: 0, isReentrant: true, submissions });
    expect((await stage.dump()).queue).toEqual([a]);
    expect(await claimNames(pool, "w1", closed)).toEqual(["a"]);
  });

  it("a request that only a process waits for that joins now is seen by those who have passed it over", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1", "w2");
    await submitByClient(pool, "c1", "a");
    await lapse(pool, "w2");
    await pool.sweep({ process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 100 });
    await pool.check("w2", 0, [a]);
    const closed = { reach: "children" as const };
    expect(await claimNames(pool, "w1", closed)).toEqual([]);
    await joinWorkers(pool, "w2");
    expect(await claimNames(pool, "w1", closed)).toEqual(["a"]);
  });

  it("what fills a claim that may then be for more is followed by what comes next, and nothing is passed over unseen", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorker(pool, "w1", { work: "v1", other: "v1" });
    await measure(pool, "work", 10);
    await submitOthers(pool, "x");
    await submitByClient(pool, "c1", "a", "b");
    await submitOthers(pool, "y");
    expect(await claimNames(pool, "w1", { skips: ["other"], budgetMicros: 5, spareMicros: 60 })).toEqual(["a", "b"]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [idOf("x"), idOf("y")] });
  });

  it("a claim drops a bounded number of requests without waiting callers, and is repeated if it met nothing else", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1");
    const many = Array.from({ length: usualLimits.passedPerQueue }, (_, i) => `n${i}`);
    await submitByClient(pool, "c1", ...many);
    await pool.leave("c1");
    expect((await pool.claim({ ...standard, worker: "w1", epoch: 1, max: 999, volunteerFor: 1 })).kind).toBe("again");
    expect((await stage.dump()).callerQueues).toEqual({});
    await submitByClient(pool, "c2", "a");
    expect(await claimNames(pool, "w1")).toEqual(["a"]);
  });
}
