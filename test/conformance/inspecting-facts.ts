/** Facts of inspect and inspectRequest, and of the statekeeper itself. */
import type { CodeNote, Mismatch } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorkers,
  lapse,
  longLeaseMs,
  payloadOf,
  type SetStage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";

const a = idOf("a");
const b = idOf("b");

export function inspectingFacts(setStage: SetStage): void {
  it("a pool reports its members, clients, queues, functions and counters", async () => {
    const stage = await setStage();
    const { pool } = stage;
    await joinWorkers(pool, "w2", "w1");
    await claimNames(pool, "w2", { volunteerFor: 1, skips: ["work"] });
    await submitByClient(pool, "c1", "a", "c");
    await claimNames(pool, "w1");
    await submitByWorker(pool, "w1", "b");
    await pool.renew("w2", longLeaseMs, { memoryMb: 181 });
    await lapse(pool, "w1");
    await pool.sweep({ process: "d1", headLeaseMs: longLeaseMs, maxAttempts: 3, limit: 0 });
    const state = await pool.inspect();
    const member = {
      kind: "worker",
      description: { host: "here" },
      functions: expect.objectContaining({ work: "v1" }),
    };
    expect(state).toEqual({
      pool: "pool",
      queued: 1,
      clients: 1,
      hosts: [],
      capacity: undefined,
      expected: [],
      head: "d1",
      functions: await pool.functions(),
      counters: (await stage.dump()).counters,
      members: [
        { ...member, id: "w1", leaseLeftMs: expect.any(Number), queued: 1, running: 1, isVolunteer: false },
        {
          ...member,
          id: "w2",
          leaseLeftMs: expect.any(Number),
          queued: 0,
          running: 0,
          isVolunteer: true,
          memoryMb: 181,
        },
      ],
    });
    expect(state.members[0]?.leaseLeftMs).toBeLessThan(0);
    expect(state.members[1]?.leaseLeftMs).toBeGreaterThan(0);
  });

  it("an empty pool has nothing to show", async () => {
    const { pool } = await setStage();
    const functions = { epoch: 0, functions: new Map() };
    expect(await pool.inspect()).toEqual({
      pool: "pool",
      queued: 0,
      clients: 0,
      hosts: [],
      capacity: undefined,
      expected: [],
      head: undefined,
      functions,
      counters: {},
      members: [],
    });
  });

  it("a queued request reports who waits for it", async () => {
    const { pool } = await setStage();
    await submitByClient(pool, "c2", "a");
    await submitByClient(pool, "c1", "a");
    expect(await pool.inspectRequest(a)).toEqual({
      id: a,
      payload: payloadOf("a"),
      state: "queued",
      owner: undefined,
      ownerLeaseLeftMs: undefined,
      claimedForMs: undefined,
      waiters: ["c1", "c2"],
      waitsFor: [],
      losses: 0,
      priority: 0,
      timeoutMs: 0,
      progress: undefined,
      resultStamp: undefined,
      resultLeftMs: undefined,
    });
  });

  it("a running request reports its owner, how far it is, and once it waits for what", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await submitByClient(pool, "c1", "a");
    await claimNames(pool, "w1");
    expect(await pool.inspectRequest(a)).toMatchObject({ state: "running", owner: "w1", waitsFor: [] });
    await pool.mark("w1", [{ id: a, waitsFor: [b] }], [], [{ id: a, done: 1, total: 2 }]);
    const state = await pool.inspectRequest(a);
    expect(state).toMatchObject({ state: "suspended", waitsFor: [b], progress: { done: 1, total: 2 } });
    expect(state?.claimedForMs).toBeGreaterThanOrEqual(0);
    expect(state?.ownerLeaseLeftMs).toBeGreaterThan(0);
  });

  it("a pool shows how far functions are, those whose request was claimed first before the others", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1", "w2");
    await submitByClient(pool, "c1", "a", "b");
    await claimNames(pool, "w1");
    await claimNames(pool, "w2");
    const slice = { index: 7, forMs: 1_200 };
    await pool.mark("w2", [], [], [{ id: b, done: 0, total: 1 }]);
    await pool.mark("w1", [], [], [{ id: a, done: 1.5, total: 2, slice }]);
    const inOrder = [
      { id: a, worker: "w1", done: 1.5, total: 2, slice },
      { id: b, worker: "w2", done: 0, total: 1 },
    ];
    expect((await pool.inspect()).progress).toEqual(inOrder);
    expect((await pool.inspectRequest(a))?.progress).toEqual({ done: 1.5, total: 2, slice });
    await pool.complete("w1", [{ id: a, outcome: "=1", ttlMs: 0, stamp: "v1#0" }], []);
    expect((await pool.inspect()).progress).toEqual(inOrder.slice(1));
  });

  it("a finished request is reported as done, and an unknown one not at all", async () => {
    const { pool } = await setStage();
    await pool.complete("w1", [{ id: a, outcome: "=1", ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    const state = await pool.inspectRequest(a);
    expect(state).toMatchObject({ id: a, state: "done", owner: undefined, resultStamp: "v1#0" });
    expect(state?.resultLeftMs).toBeGreaterThan(longLeaseMs - 60_000);
    expect(state?.resultLeftMs).toBeLessThanOrEqual(longLeaseMs);
    expect(await pool.inspectRequest(b)).toBeUndefined();
  });

  it("a finished request reports under which stamp its result is kept, also when its function has another one since", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await submitByClient(pool, "c1", "a");
    await claimNames(pool, "w1");
    const outcome = `="${"x".repeat(1_000)}"`;
    await pool.complete("w1", [{ id: a, outcome, ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    await pool.forget({ functionName: "work" });
    expect(await pool.inspectRequest(a)).toMatchObject({ state: "done", resultStamp: "v1#0" });
    expect((await pool.functions()).functions.get("work")).toMatchObject({ version: "v1", generation: 1 });
  });

  it("the kept result of a request reports its stamp and its time, also while the request is evaluated again", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await pool.complete("w1", [{ id: a, outcome: "=1", ttlMs: longLeaseMs, stamp: "v0#0,other@7" }], []);
    await submitByClient(pool, "c1", "a");
    expect(await pool.inspectRequest(a)).toMatchObject({ state: "queued" });
    const kept = await pool.inspectResult(a);
    expect(kept?.stamp).toBe("v0#0,other@7");
    expect(kept?.leftMs).toBeGreaterThan(longLeaseMs - 60_000);
    expect(kept?.leftMs).toBeLessThanOrEqual(longLeaseMs);
    expect(await pool.inspectResult(b)).toBeUndefined();
  });

  it("kept results are counted with the bytes of their texts, used or not, but those of other pools are not", async () => {
    const { keeper, pool } = await setStage();
    await joinWorkers(pool, "w1");
    expect(await pool.measureResults()).toEqual({ results: 0, bytes: 0 });
    const kept = { ttlMs: longLeaseMs, stamp: "v0#0" };
    const outcomes = [{ id: a, outcome: '="ü"' }, { id: b, outcome: `="${"x".repeat(100_000)}"` }] as const; // biome-ignore format: one line
    await pool.complete("w1", outcomes.map((each) => ({ ...each, ...kept })), []); // biome-ignore format: one line
    await keeper.pool("other").complete("w1", [{ id: a, outcome: "=1", ...kept }], []);
    expect(await pool.measureResults()).toEqual({ results: 2, bytes: 5 + 5 + 5 + 100_003 });
  });

  it("what versions are made of is known once it was noted, until it is noted otherwise", async () => {
    const { pool } = await setStage();
    const one: CodeNote = { files: { "f.ts": "abc" }, packages: ["lib@1.0.0"] };
    const other: CodeNote = { files: { "g.ts": "def" }, packages: [] };
    await pool.noteCode(new Map([["v1", one], ["v2", one]])); // biome-ignore format: one line
    await pool.noteCode(new Map([["v2", other]]));
    expect(await pool.readCode(["v2", "v3", "v1"])).toEqual(new Map([["v1", one], ["v2", other]])); // biome-ignore format: one line
    expect(await pool.readCode([])).toEqual(new Map());
  });

  it("a mismatch of the current version makes results of the function stale, and is noted until they are forgotten", async () => {
    const { pool } = await setStage();
    const joinWith = (id: string, version: string) =>
      pool.join({ id, kind: "worker", leaseMs: longLeaseMs, description: {}, functions: new Map([["f", version]]) });
    await joinWith("w1", "v1");
    const stampOf = async () => (await pool.functions()).functions.get("f");
    const mismatch: Mismatch = {
      ...{ version: "v1", requestId: "a", request: '["f"]' },
      evaluations: [
        { worker: "w1", node: "v20.19.0", value: "=1" },
        { worker: "w2", node: "v20.19.0", value: "=2" },
      ],
    };
    await pool.noteMismatch("f", { ...mismatch, version: "v0" });
    await pool.noteMismatch("other", mismatch);
    expect(await stampOf()).toEqual({ version: "v1", generation: 0 });
    expect(await pool.mismatches()).toEqual([]);
    await pool.noteMismatch("f", mismatch);
    expect(await stampOf()).toEqual({ version: "v1", generation: 1, isNondeterministic: true });
    expect(await pool.mismatches()).toEqual([{ functionName: "f", ...mismatch, ageMs: expect.any(Number) }]);
    await joinWith("w2", "v2");
    expect(await stampOf()).toEqual({ version: "v2", generation: 1 });
    await pool.forget({ functionName: "f" });
    expect(await pool.mismatches()).toEqual([]);
  });

  it("pools know nothing of each other", async () => {
    const { keeper, pool } = await setStage();
    await submitByClient(pool, "c1", "a");
    const other = keeper.pool("other");
    expect(other.pool).toBe("other");
    expect((await other.inspect()).queued).toBe(0);
  });

  it("an answer to a ping takes no negative time", async () => {
    const { keeper } = await setStage();
    expect(await keeper.ping()).toBeGreaterThanOrEqual(0);
  });

  it("after it is closed every operation is refused", async () => {
    const { keeper, pool } = await setStage();
    await keeper.close();
    await expect(pool.inspect()).rejects.toMatchObject({ code: "GRID_CLOSED" });
    await expect(submitByClient(pool, "c1", "a")).rejects.toMatchObject({ code: "GRID_CLOSED" });
  });
}
