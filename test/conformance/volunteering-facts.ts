/** Facts of volunteering: an idle worker is noted, and served by whatever brings work. */
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorker,
  joinWorkers,
  longLeaseMs,
  payloadOf,
  type SetStage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");

function runMessage(name: string, functionName = "work") {
  const id = idOf(name);
  return {
    kind: "run",
    id,
    payload: payloadOf(name, functionName),
    mode: "use",
    losses: 0,
    priority: 0,
    hasTimeout: false,
  } as const;
}

export function volunteeringFacts(setStage: SetStage): void {
  it("a worker with nothing to claim is noted as a volunteer", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    const claim = {
      worker: "w1",
      max: 1,
      budgetMicros: 1,
      epoch: 1,
      skips: ["other"],
      reach: "roots" as const,
      volunteerFor: 2,
    };
    const reply = await expectChanges(stage, () => stage.pool.claim(claim), {
      volunteers: [{ worker: "w1", want: 2, epoch: 1, skips: ["other"], carry: null, score: 1, recent: null }],
      counted: { volunteered: 1 },
    });
    expect(reply).toEqual({ kind: "claims", claims: [], volunteers: 1, isMore: false });
  });

  it("a worker that does not want to volunteer is not noted", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await claimNames(stage.pool, "w1", { volunteerFor: 0 });
    expect((await stage.dump()).volunteers).toEqual([]);
  });

  it("to claim nothing is to stand down", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    await expectChanges(stage, () => claimNames(stage.pool, "w1", { max: 0, volunteerFor: 1 }), { volunteers: [] });
  });

  it("a submit gives its request to the volunteer in the same step", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    await expectChanges(stage, () => submitByClient(stage.pool, "c1", "a", "b"), {
      callerQueues: { "0:c1": [b] },
      requests: {
        [a]: { payload: payloadOf("a"), owner: "w1", isClaimed: true, waiters: ["c1"] },
        [b]: { payload: payloadOf("b"), waiters: ["c1"] },
      },
      running: { w1: [a] },
      volunteers: [],
      leases: { c1: true },
      inboxes: { w1: [runMessage("a")] },
      counted: { submitted: 2, claimed: 1, moved: 1 },
    });
  });

  it("a submit reports how many volunteers are left", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2", "w3");
    for (const worker of ["w1", "w2", "w3"]) await claimNames(stage.pool, worker, { volunteerFor: 1 });
    const submissions = [{ id: a, payload: payloadOf("a") }];
    const reply = await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    expect(reply).toEqual({ answers: [], volunteers: 2 });
  });

  it("who has been idle longest is served first, and one that volunteers again goes to the end", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    for (const worker of ["w1", "w2", "w1"]) await claimNames(stage.pool, worker, { volunteerFor: 1 });
    await submitByClient(stage.pool, "c1", "a");
    await submitByClient(stage.pool, "c1", "b");
    expect((await stage.dump()).running).toEqual({ w1: [b], w2: [a] });
  });

  it("the fastest is served first, and among equals who evaluated the function last", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1", "w2", "w3", "w4");
    await claimNames(pool, "w1", { volunteerFor: 1 });
    await claimNames(pool, "w2", { volunteerFor: 1, recent: "other" });
    await claimNames(pool, "w3", { volunteerFor: 1, recent: "work" });
    await claimNames(pool, "w4", { volunteerFor: 1, score: 2.5 });
    for (const name of ["a", "b", "c"]) await submitByClient(pool, "c1", name);
    const { running, volunteers } = await dump();
    expect(running).toEqual({ w1: [idOf("c")], w3: [b], w4: [a] });
    expect(volunteers).toMatchObject([{ worker: "w2", score: 1, recent: "other" }]);
  });

  it("the head of a pool says what is preferred, and it stays so", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1", "w2", "w3");
    await claimNames(pool, "w1", { volunteerFor: 1 });
    await claimNames(pool, "w2", { volunteerFor: 1, score: 2 });
    await claimNames(pool, "w3", { volunteerFor: 1, recent: "work" });
    const sweeping = { maxAttempts: 3, limit: 100 };
    await pool.sweep({ ...sweeping, process: "d1", headLeaseMs: longLeaseMs, prefer: ["recent", "idle", "score"] });
    await pool.sweep({ ...sweeping, process: "d2", headLeaseMs: longLeaseMs, prefer: ["score"] });
    await pool.sweep({ ...sweeping, process: "d1", headLeaseMs: longLeaseMs });
    expect((await dump()).preferences).toEqual(["recent", "idle", "score"]);
    for (const name of ["a", "b"]) await submitByClient(pool, "c1", name);
    expect((await dump()).running).toEqual({ w1: [b], w3: [a] });
  });

  it("a volunteer gets as many as it asked for", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await claimNames(stage.pool, "w1", { volunteerFor: 2 });
    await claimNames(stage.pool, "w2", { volunteerFor: 2 });
    await submitByClient(stage.pool, "c1", "a", "b", "c");
    expect((await stage.dump()).running).toEqual({ w1: [a, b], w2: [idOf("c")] });
  });

  it("what a volunteer gets is not bounded by a budget: stale ids and functions never measured do not end it", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1");
    await submitByClient(pool, "c1", "a", "b", "c");
    await pool.withdraw("c1", [b]);
    await claimNames(pool, "w1", { reach: "own-queue", volunteerFor: 2 });
    await pool.sweep({ process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 100 });
    expect((await dump()).running).toEqual({ w1: [a, idOf("c")] });
  });

  it("more than sixteen volunteers are served in one step", async () => {
    const { pool, dump } = await setStage();
    const workers = Array.from({ length: 40 }, (_, i) => `w${i}`);
    await joinWorkers(pool, ...workers);
    for (const worker of workers) await claimNames(pool, worker, { volunteerFor: 1 });
    await submitByClient(pool, "c1", ...workers);
    const { running, volunteers, callerQueues } = await dump();
    expect(Object.keys(running)).toHaveLength(workers.length);
    expect({ volunteers, callerQueues }).toEqual({ volunteers: [], callerQueues: {} });
  });

  it("work on another worker's own queue is given to a volunteer too", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    await submitByWorker(stage.pool, "w2", "a", "b");
    const { running, ownQueues, counters } = await stage.dump();
    expect(running).toEqual({ w1: [a] });
    expect(ownQueues).toEqual({ w2: [b] });
    expect(counters["hoisted"]).toBe(1);
  });

  it("a volunteer is not given what it cannot evaluate, and the next one is asked", async () => {
    const stage = await setStage();
    await joinWorker(stage.pool, "w1", { work: "v1" });
    await joinWorker(stage.pool, "w2", { other: "v1" });
    await claimNames(stage.pool, "w1", { volunteerFor: 1, skips: ["other"] });
    await claimNames(stage.pool, "w2", { volunteerFor: 1, skips: ["work"] });
    const submissions = [{ id: a, payload: payloadOf("a", "other") }];
    await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    const { running, volunteers } = await stage.dump();
    expect(running).toEqual({ w2: [a] });
    expect(volunteers.map(({ worker }) => worker)).toEqual(["w1"]);
  });

  it("a volunteer that has an old function table is sent to read the new one, and gets nothing", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1");
    await claimNames(pool, "w1", { volunteerFor: 1 });
    await joinWorker(pool, "w2", { other: "v1" });
    await expectChanges(stage, () => submitByClient(pool, "c1", "a"), {
      callerQueues: { "0:c1": [a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["c1"] } },
      volunteers: [],
      leases: { c1: true },
      inboxes: { w1: [{ kind: "functions" }, { kind: "functions" }] },
      counted: { submitted: 1 },
    });
  });

  it("more than sixteen volunteers are sent away in one step, and one behind them is served", async () => {
    const { pool, dump } = await setStage();
    const workers = Array.from({ length: 40 }, (_, i) => `w${i}`);
    await joinWorkers(pool, ...workers);
    for (const worker of workers) await claimNames(pool, worker, { volunteerFor: 1 });
    await joinWorker(pool, "fresh", { other: "v1" });
    await claimNames(pool, "fresh", { volunteerFor: 1 });
    await submitByClient(pool, "c1", "a", "b");
    const { running, volunteers, callerQueues } = await dump();
    expect({ running, volunteers, callerQueues }).toEqual({
      running: { fresh: [a] },
      volunteers: [],
      callerQueues: { "0:c1": [b] },
    });
  });

  it("a volunteer that submits to its own queue stands down, since it claims from there next", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    await expectChanges(stage, () => submitByWorker(stage.pool, "w1", "a"), {
      ownQueues: { w1: [a] },
      requests: { [a]: { payload: payloadOf("a"), waiters: ["w1"] } },
      volunteers: [],
      counted: { submitted: 1 },
    });
  });

  it("a volunteer is served from its own queue when another process submits to that", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1", "w2");
    await claimNames(pool, "w1", { volunteerFor: 1 });
    const submissions = [{ id: a, payload: payloadOf("a") }];
    await pool.submit({ process: "w2", worker: "w1", leaseMs: 0, queueLimit: 0, submissions });
    expect((await dump()).inboxes).toEqual({ w1: [runMessage("a")] });
  });

  it("what is released goes to a volunteer", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1", "w2");
    await submitByClient(pool, "c1", "a");
    await claimNames(pool, "w1");
    await claimNames(pool, "w2", { volunteerFor: 1 });
    await expectChanges(stage, () => pool.release("w1", [a]), {
      requests: { [a]: { owner: "w2" } },
      running: { w1: null, w2: [a] },
      volunteers: [],
      inboxes: { w2: [runMessage("a")] },
      counted: { released: 1, claimed: 1, moved: 1 },
    });
  });
}
