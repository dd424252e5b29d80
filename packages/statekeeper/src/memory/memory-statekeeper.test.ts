/** What is the memory statekeeper's own: time by an injected clock, delivery within the process, and its end. */
import { VirtualClock } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import type { InboxMessage } from "../contract/contract.ts";
import type { PoolKeeper } from "../contract/pool-keeper.ts";
import { MemoryStatekeeper } from "./memory-statekeeper.ts";

const id = "a".padEnd(22, "_");
const submissions = [{ id, payload: '["work","a"]' }];
const sweeping = { process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 100 };

function setStage() {
  const clock = new VirtualClock(1_000);
  const keeper = new MemoryStatekeeper({ clock });
  return { clock, keeper, pool: keeper.pool("pool") };
}

function submit(pool: PoolKeeper, timeoutMs = 0) {
  return pool.submit({
    process: "c1",
    leaseMs: 100,
    queueLimit: 0,
    submissions: [{ id, payload: '["work","a"]', timeoutMs }],
  });
}

function complete(pool: PoolKeeper, ttlMs = 0) {
  return pool.complete("w1", [{ id, outcome: "=1", ttlMs, stamp: "v1#0" }], []);
}

/** Collects what is delivered, call by call. */
function listen(pool: PoolKeeper, process = "c1") {
  const calls: InboxMessage[][] = [];
  const listener = pool.listen(process, {
    onMessages: (messages) => calls.push([...messages]),
    onReconnect: () => undefined,
  });
  return { calls, listener };
}

describe("time in memory", () => {
  it("a result is kept for as long as its time to live, and no longer", async () => {
    const { clock, pool } = setStage();
    await complete(pool, 50);
    await clock.advance(50);
    expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "outcome", outcome: "=1", stamp: "v1#0" }]);
    await clock.advance(1);
    expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "unknown" }]);
    expect(pool.dump().results).toEqual({});
  });

  it("a result that was never asked for again is removed when others are stored", async () => {
    const { clock, pool } = setStage();
    await complete(pool, 50);
    await clock.advance(51);
    await pool.complete("w1", [{ id: "b".padEnd(22, "_"), outcome: "=2", ttlMs: 50, stamp: "v1#0" }], []);
    expect(Object.keys(pool.dump().results)).toEqual(["b".padEnd(22, "_")]);
  });

  it("a lease lapses in its last ms, and the sweep finds it then", async () => {
    const { clock, pool } = setStage();
    await submit(pool);
    await clock.advance(99);
    expect((await pool.sweep(sweeping)).lapsedClients).toBe(0);
    expect(pool.dump().leases).toEqual({ c1: true });
    await clock.advance(1);
    expect(pool.dump().leases).toEqual({ c1: false });
    expect((await pool.sweep(sweeping)).lapsedClients).toBe(1);
  });

  it("a claim reports how long its outcome is still wanted, and 1 ms when that is over", async () => {
    const { clock, pool } = setStage();
    await pool.join({ id: "w1", kind: "worker", leaseMs: 100, description: {}, functions: new Map([["work", "v1"]]) });
    await submit(pool, 30);
    const claim = {
      worker: "w1",
      max: 1,
      budgetMicros: 1,
      epoch: 1,
      skips: [],
      reach: "roots" as const,
      volunteerFor: 0,
    };
    await clock.advance(10);
    expect((await pool.claim(claim)).claims[0]?.timeoutMs).toBe(20);
    await clock.advance(30);
    expect((await pool.reconcile("w1", [])).claims[0]?.timeoutMs).toBe(1);
  });

  it("losses are remembered for an hour, after which they stay", async () => {
    const { clock, pool } = setStage();
    const member = {
      id: "w1",
      kind: "worker",
      leaseMs: 100,
      description: {},
      functions: new Map([["work", "v1"]]),
    } as const;
    await pool.join(member);
    await pool.submit({
      process: "w1",
      leaseMs: 0,
      queueLimit: 0,
      submissions: [{ id, payload: '["work","a"]', isHeld: true }],
    });
    await pool.reportDeath("w1", {}, 3);
    await clock.advance(3_600_001);
    await pool.join(member);
    expect(pool.dump().requests[id]?.losses).toBe(1);
  });
});

describe("delivery in memory", () => {
  it("never happens inside the operation that sends", async () => {
    const { pool } = setStage();
    const { calls } = listen(pool);
    await submit(pool);
    const completing = complete(pool);
    expect(calls).toEqual([]);
    await completing;
    expect(calls).toEqual([[{ kind: "outcome", id, outcome: "=1", stamp: "v1#0" }]]);
  });

  it("what several operations send in one go arrives in one call", async () => {
    const { pool } = setStage();
    await pool.join({ id: "w1", kind: "worker", leaseMs: 100, description: {}, functions: new Map() });
    const { calls } = listen(pool, "w1");
    await Promise.all([pool.forget({ id: "x" }), pool.forget({ id: "y" })]);
    expect(calls).toEqual([
      [
        { kind: "forget", id: "x" },
        { kind: "forget", id: "y" },
      ],
    ]);
  });

  it("what comes after a listener closed is kept for the next one", async () => {
    const { pool } = setStage();
    const { calls, listener } = listen(pool);
    await listener.close();
    await submit(pool);
    await complete(pool);
    expect(calls).toEqual([]);
    expect(Object.keys(pool.dump().inboxes)).toEqual(["c1"]);
    const next = listen(pool);
    await next.listener.close();
    expect(next.calls).toEqual([]);
    expect(Object.keys(pool.dump().inboxes)).toEqual(["c1"]);
  });

  it("an inbox that no process reads takes no more than its bound, give or take one operation", async () => {
    const { pool } = setStage();
    await pool.join({ id: "w1", kind: "worker", leaseMs: 100, description: {}, functions: new Map() });
    for (let i = 0; i < 100_010; i += 1) await pool.forget({ id: "x" });
    expect(pool.dump().inboxes["w1"]).toHaveLength(100_000);
  });

  it("ends when the statekeeper is closed, and every operation is refused from then on", async () => {
    const { keeper, pool } = setStage();
    const { calls } = listen(pool);
    await submit(pool);
    const completing = complete(pool);
    await Promise.all([completing, keeper.close()]);
    expect(calls).toEqual([]);
    const closed = { code: "GRID_CLOSED" };
    await expect(pool.inspect()).rejects.toMatchObject(closed);
    await expect(keeper.ping()).rejects.toMatchObject(closed);
    await expect(keeper.pool("other").inspect()).rejects.toMatchObject(closed);
    expect(() => listen(pool)).toThrow(expect.objectContaining(closed));
  });
});

describe("a memory statekeeper", () => {
  it("has one pool of a name", () => {
    const { keeper, pool } = setStage();
    expect(keeper.pool("pool")).toBe(pool);
  });

  it("knows of no other grid", async () => {
    const { keeper } = setStage();
    expect([await keeper.otherGridsWith("pool"), await keeper.poolsLike("pool")]).toEqual([[], []]);
    expect([keeper.address, keeper.grid]).toEqual(["memory:", "default"]);
  });

  it("once emptied it takes the same requests as new ones", async () => {
    const { keeper, pool } = setStage();
    await submit(pool);
    keeper.empty();
    expect(await pool.check("c1", 0, [id])).toEqual([{ kind: "unknown" }]);
    await pool.submit({ process: "c1", leaseMs: 100, queueLimit: 0, submissions });
    expect(pool.dump().callerQueues).toEqual({ "0:c1": [id] });
  });
});

describe("operations that fail in memory", () => {
  it("the messages of one that fails are not sent along with the next", async () => {
    const { clock, pool } = setStage();
    const member = { kind: "worker", leaseMs: 1_000, description: {} } as const;
    await pool.join({ ...member, id: "w1", functions: new Map([["work", "v1"]]) });
    const { calls } = listen(pool, "w1");
    await clock.advance(0);
    calls.length = 0;
    pool.records.members.set = () => {
      throw new Error("stopped");
    };
    await expect(pool.join({ ...member, id: "w2", functions: new Map([["work", "v2"]]) })).rejects.toThrow("stopped");
    await pool.renew("w1", 1_000);
    await clock.advance(0);
    expect(calls).toEqual([]);
  });

  it("a member whose description is not plain data changes nothing", async () => {
    const { pool } = setStage();
    const before = pool.dump();
    const functions = new Map([["work", "v1"]]);
    const member = { id: "w1", kind: "worker", leaseMs: 1_000, description: { big: 1n }, functions } as const;
    await expect(pool.join(member)).rejects.toThrow("BigInt");
    expect(pool.dump()).toEqual(before);
  });
});
