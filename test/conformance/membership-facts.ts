/** Facts of join, renew and leave, and of the function table that comes of them. */
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorker,
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

/** The version and generation of `work`, and who was sent to read the table again. */
async function standing(stage: Stage): Promise<{ work: string | undefined; epoch: number; told: string[] }> {
  const { functions, epoch, inboxes } = await stage.dump();
  return { work: functions["work"], epoch, told: Object.keys(inboxes) };
}

export function membershipFacts(setStage: SetStage): void {
  it("a member brings its lease, description and functions", async () => {
    const stage = await setStage();
    const functions = new Map([["work", "v1"]]);
    const member = {
      id: "w1",
      kind: "worker",
      leaseMs: longLeaseMs,
      description: { host: "here" },
      functions,
    } as const;
    const table = await expectChanges(stage, () => stage.pool.join(member), {
      members: { w1: { kind: "worker", description: { host: "here" }, functions: { work: "v1" } } },
      leases: { w1: true },
      functions: { work: "v1#0" },
      versions: { work: ["v1"] },
      holders: { "work v1": 1 },
      epoch: 1,
      counted: { "joined-members": 1 },
    });
    expect(table).toEqual({ epoch: 1, functions: new Map([["work", { version: "v1", generation: 0 }]]) });
    expect(await stage.pool.functions()).toEqual(table);
  });

  it("a pool that lost its memory takes from a member what that knows of functions", async () => {
    const stage = await setStage();
    const knows = new Map([
      ["work", { version: "v2", generation: 3 }],
      ["other", { version: "v1", generation: 0 }],
    ]);
    const member = { kind: "worker", leaseMs: longLeaseMs, description: {} } as const;
    await stage.pool.join({ ...member, id: "w1", functions: new Map([["work", "v1"]]), knows });
    expect((await stage.dump()).functions).toEqual({ other: "v1#0", work: "v1#3" });
    await stage.pool.join({ ...member, id: "w2", functions: new Map([["work", "v2"]]) });
    await stage.pool.join({ ...member, id: "w3", functions: new Map([["other", "v2"]]), knows });
    expect((await stage.dump()).functions).toEqual({ other: "v2#0", work: "v2#3" });
  });

  it("an id that a living member has is refused to another instance", async () => {
    const stage = await setStage();
    const join = (instance: string, processId: number) =>
      stage.pool.join({
        id: "gpu-1",
        kind: "worker",
        leaseMs: longLeaseMs,
        description: { host: "here", processId, instance },
        functions: new Map([["work", instance]]),
      });
    await join("one", 11);
    await expectNoChange(stage, () =>
      expect(join("two", 22)).rejects.toThrow(/ has a member "gpu-1" already, process 11 on here; .* within \d+ s/),
    );
    await join("one", 11);
    await lapse(stage.pool, "gpu-1");
    await join("two", 22);
    await expectNoChange(stage, async () =>
      expect(await stage.pool.renew("gpu-1", longLeaseMs, { instance: "one" })).toBe(false),
    );
    expect(await stage.pool.renew("gpu-1", longLeaseMs, { instance: "two" })).toBe(true);
    await expect(join("one", 11)).rejects.toThrow("process 22 on here");
  });

  it("a member is left where it is by another instance of its id that leaves, or has died", async () => {
    const stage = await setStage();
    const member = { id: "gpu-1", kind: "worker", leaseMs: longLeaseMs, description: { instance: "two" } } as const;
    await stage.pool.join({ ...member, functions: new Map([["work", "v1"]]) });
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "gpu-1");
    await submitByWorker(stage.pool, "gpu-1", "b");
    await expectNoChange(stage, () => stage.pool.leave("gpu-1", "one"));
    await expectNoChange(stage, () => stage.pool.reportDeath("gpu-1", { exitCode: 1 }, 3, "one"));
    await stage.pool.reportDeath("gpu-1", { exitCode: 1 }, 3, "two");
    expect((await stage.dump()).requests[a]).toMatchObject({ losses: 1 });
    expect((await stage.dump()).members).toEqual({});
    await stage.pool.join({ ...member, functions: new Map() });
    await stage.pool.leave("gpu-1", "two");
    expect((await stage.dump()).members).toEqual({});
  });

  it("what is not a member leaves whatever instance it is", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => stage.pool.leave("c1", "one"), { leases: { c1: null } });
  });

  it("a member that joins again takes its own place", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await expectChanges(stage, () => joinWorker(stage.pool, "w1", { other: "v1" }), {
      members: { w1: { kind: "worker", description: { host: "here" }, functions: { other: "v1" } } },
      functions: { other: "v1#0" },
      versions: { other: ["v1"] },
      holders: { "work v1": null, "other v1": 1 },
      epoch: 2,
      inboxes: { w1: [{ kind: "functions" }] },
      counted: { "joined-members": 1 },
    });
  });

  it("a lease can be renewed by known members only", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await lapse(stage.pool, "w1");
    expect(await expectChanges(stage, () => stage.pool.renew("w1", longLeaseMs), { leases: { w1: true } })).toBe(true);
    expect(await expectNoChange(stage, () => stage.pool.renew("w2", longLeaseMs))).toBe(false);
  });

  it("the memory that a member reports is kept until it reports another, or leaves", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await expectChanges(stage, () => stage.pool.renew("w1", longLeaseMs, { memoryMb: 181 }), { memory: { w1: 181 } });
    await expectNoChange(stage, () => stage.pool.renew("w1", longLeaseMs));
    await expectNoChange(stage, () => stage.pool.renew("w2", longLeaseMs, { memoryMb: 7 }));
    await expectChanges(stage, () => stage.pool.renew("w1", longLeaseMs, { memoryMb: 200 }), { memory: { w1: 200 } });
    await stage.pool.leave("w1");
    expect((await stage.dump()).memory).toEqual({});
  });

  it("who leaves cleanly gives back what it held and had queued, and no loss is counted", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByWorker(stage.pool, "w1", "a");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await submitByWorker(stage.pool, "w1", "b");
    await submitByClient(stage.pool, "c1", "b", "c");
    await expectChanges(stage, () => stage.pool.leave("w1"), {
      queue: [a, b],
      ownQueues: { w1: null },
      requests: { [a]: { owner: null, isClaimed: false } },
      running: { w1: null },
      members: { w1: null },
      leases: { w1: null },
      holders: { "work v1": 1 },
      counted: { reclaimed: 2 },
    });
  });

  it("what a member gives back goes to a volunteer at once", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByClient(stage.pool, "c1", "a");
    await claimNames(stage.pool, "w1");
    await claimNames(stage.pool, "w2", { volunteerFor: 1 });
    await stage.pool.leave("w1");
    expect((await stage.dump()).running).toEqual({ w2: [a] });
  });

  it("nothing is left of who left, its place among the volunteers and its inbox included", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w1");
    await claimNames(pool, "w1", { volunteerFor: 1 });
    await pool.forget({ id: a });
    await pool.leave("w1");
    const { volunteers, inboxes, leases, members, holders } = await stage.dump();
    expect({ volunteers, inboxes, leases, members, holders }).toEqual({
      volunteers: [],
      inboxes: {},
      leases: {},
      members: {},
      holders: {},
    });
  });

  it("a client can leave too", async () => {
    const stage = await setStage();
    await submitByClient(stage.pool, "c1", "a");
    await expectChanges(stage, () => stage.pool.leave("c1"), { leases: { c1: null } });
  });
}

export function functionTableFacts(setStage: SetStage): void {
  it("a version not seen before becomes current, and the other members are notified", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await joinWorker(stage.pool, "w2", { work: "v2" });
    expect(await standing(stage)).toEqual({ work: "v2#0", epoch: 2, told: ["w1"] });
  });

  it("an old worker that restarts does not turn a rolling deployment back", async () => {
    const stage = await setStage();
    await joinWorker(stage.pool, "w1", { work: "v1" });
    await joinWorker(stage.pool, "w2", { work: "v2" });
    await stage.pool.leave("w1");
    await joinWorker(stage.pool, "w3", { work: "v1" });
    expect(await standing(stage)).toMatchObject({ work: "v2#0", epoch: 2 });
  });

  it("when the last holder of a version leaves, the one before that a member holds is current again", async () => {
    const stage = await setStage();
    await joinWorker(stage.pool, "w1", { work: "v1" });
    await joinWorker(stage.pool, "w2", { work: "v2" });
    await joinWorker(stage.pool, "w3", { work: "v3" });
    await stage.pool.leave("w2");
    expect(await standing(stage)).toMatchObject({ work: "v3#0", epoch: 3 });
    await stage.pool.leave("w3");
    expect(await standing(stage)).toMatchObject({ work: "v1#0", epoch: 4, told: ["w1"] });
  });

  it("a function that no member holds any more keeps its version, and its requests wait", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await stage.pool.leave("w1");
    expect(await standing(stage)).toMatchObject({ work: "v1#0", epoch: 1 });
    const submissions = [{ id: a, payload: payloadOf("a") }];
    const reply = await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    expect(reply.answers).toEqual([]);
  });

  it("sixteen versions of a function are remembered", async () => {
    const stage = await setStage();
    for (let i = 1; i <= 18; i += 1) await joinWorker(stage.pool, "w1", { work: `v${i}` });
    const { versions, functions } = await stage.dump();
    expect(versions["work"]).toHaveLength(16);
    expect(versions["work"]?.[0]).toBe("v3");
    expect(functions["work"]).toBe("v18#0");
  });
}

export function forgettingFacts(setStage: SetStage): void {
  it("a result can be forgotten, and the members drop what they remember of it", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await stage.pool.complete("w1", [{ id: a, outcome: "=1", ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    await expectChanges(stage, () => stage.pool.forget({ id: a }), {
      results: { [a]: null },
      inboxes: { w1: [{ kind: "forget", id: a }] },
    });
  });

  it("all results of a function can be forgotten, by raising its generation", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await stage.pool.complete("w1", [{ id: a, outcome: "=1", ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    await expectChanges(stage, () => stage.pool.forget({ functionName: "work" }), {
      functions: { work: "v1#1" },
      epoch: 2,
      inboxes: { w1: [{ kind: "functions" }] },
    });
    const submissions = [{ id: a, payload: payloadOf("a") }];
    const reply = await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    expect(reply.answers).toEqual([]);
  });

  it("the generation outlives a change of version", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await stage.pool.forget({ functionName: "work" });
    await joinWorker(stage.pool, "w2", { work: "v2" });
    expect((await standing(stage)).work).toBe("v2#1");
  });

  it("to forget an unknown function changes nothing", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await expectNoChange(stage, () => stage.pool.forget({ functionName: "wrok" }));
  });
}
