/** Facts of large values: each receiver gets all of it, by any way, and nothing of it stays. */
import type { Claim, ClaimReach, InboxMessage, PoolKeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { claimNames, idOf, joinWorkers, lapse, longLeaseMs, type SetStage } from "./stage.ts";

const a = idOf("a");
const payload = JSON.stringify(["work", "€".repeat(22_000)]);
const trace = "00-0123-4567-01";
const outcome = `="${"x".repeat(70_000)}"`;
const whole = { id: a, payload };

async function submitLarge(pool: PoolKeeper, given: { process?: string; trace?: string } = {}): Promise<void> {
  const { process = "c1", ...rest } = given;
  await pool.submit({ process, leaseMs: longLeaseMs, queueLimit: 0, submissions: [{ ...whole, ...rest }] });
}

async function claimLarge(
  pool: PoolKeeper,
  worker = "w1",
  given: { reach?: ClaimReach } = {},
): Promise<readonly Claim[]> {
  const { epoch } = await pool.functions();
  const reply = await pool.claim({
    ...{ worker, max: 1, budgetMicros: 1e12, epoch, skips: [] },
    ...{ reach: "roots", volunteerFor: 1, ...given },
  });
  return reply.claims;
}

function firstMessage(pool: PoolKeeper, process: string): Promise<InboxMessage | undefined> {
  return new Promise((resolve) => {
    const listener = pool.listen(process, {
      onMessages: ([message]) => {
        void listener.close();
        resolve(message);
      },
      onReconnect: () => undefined,
    });
  });
}

export function largeFacts(setStage: SetStage): void {
  it("a large payload is claimed with its trace, and is gone with its request", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1");
    await submitLarge(pool, { trace });
    expect(await claimLarge(pool)).toMatchObject([{ ...whole, trace }]);
    await pool.complete("w1", [{ id: a, outcome, ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    const { requests, results } = await dump();
    expect(requests).toEqual({});
    expect(results).toEqual({ [a]: { stamp: "v1#0", outcome } });
  });

  it("a volunteer is given a large payload", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    expect(await claimLarge(pool)).toEqual([]);
    const message = firstMessage(pool, "w1");
    await submitLarge(pool);
    expect(await message).toMatchObject({ kind: "run", claim: whole });
  });

  it("a large request that was withdrawn is not given again", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await claimLarge(pool);
    await submitLarge(pool);
    await pool.withdraw("c1", [a]);
    expect((await pool.reconcile("w1", [])).claims).toEqual([]);
  });

  it("a large payload is given again to a worker that never got its claim", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await submitLarge(pool);
    await claimLarge(pool);
    expect((await pool.reconcile("w1", [])).claims).toMatchObject([whole]);
  });

  it("a large payload is carried to another pool, and shown", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await submitLarge(pool);
    expect(await pool.inspectRequest(a)).toMatchObject({ ...whole, state: "queued" });
    expect(await claimLarge(pool, "w1", { reach: "last" })).toMatchObject([whole]);
    expect(await pool.inspectRequest(a)).toMatchObject({ ...whole, state: "suspended" });
  });

  it("who joins a large request brings its trace, or leaves that of the first", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await submitLarge(pool, { trace });
    await submitLarge(pool, { process: "c2" });
    expect(await claimLarge(pool)).toMatchObject([{ ...whole, trace }]);
    await submitLarge(pool, { process: "c3", trace: "00-89ab-cdef-01" });
    expect((await pool.reconcile("w1", [])).claims).toMatchObject([{ ...whole, trace: "00-89ab-cdef-01" }]);
  });

  it("a large request goes back to the pool with its payload when its worker is lost, and fails by its function's name", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1", "w2");
    await submitLarge(pool);
    await claimLarge(pool, "w1");
    await pool.reportDeath("w1", { died: 1 }, 2);
    expect(await claimLarge(pool, "w2")).toMatchObject([{ ...whole, losses: 1 }]);
    await pool.reportDeath("w2", { died: 2 }, 2);
    const { requests, inboxes } = await dump();
    expect(requests).toEqual({});
    expect(inboxes).toMatchObject({
      c1: [{ kind: "outcome", id: a, error: { code: "WORKER_LOST", req: '["work"]' } }],
    });
  });

  it("a large payload is gone with the last who waited for it", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1");
    await submitLarge(pool);
    await lapse(pool, "c1");
    await pool.sweep({ process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 100 });
    expect(await claimNames(pool, "w1")).toEqual([]);
    expect((await dump()).requests).toEqual({});
  });

  it("a listener gets a large outcome, or a reference to it", async () => {
    const { pool } = await setStage();
    await joinWorkers(pool, "w1");
    await submitLarge(pool);
    await claimLarge(pool);
    const message = firstMessage(pool, "c1");
    await pool.complete("w1", [{ id: a, outcome, ttlMs: longLeaseMs, stamp: "v1#0" }], []);
    expect([
      { kind: "outcome", id: a, outcome, stamp: "v1#0" },
      { kind: "reference", id: a },
    ]).toContainEqual(await message);
  });

  it("a large value that comes late is kept if there is none", async () => {
    const { pool, dump } = await setStage();
    await joinWorkers(pool, "w1");
    const completion = { id: a, outcome, ttlMs: longLeaseMs, stamp: "v1#0" };
    await pool.complete("w1", [completion], []);
    await pool.complete("w1", [{ ...completion, outcome: `${outcome} ` }], []);
    expect((await dump()).results).toEqual({ [a]: { stamp: "v1#0", outcome } });
  });
}
