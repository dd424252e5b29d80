/** Facts of complete: whose outcome counts, what is kept, and who is notified. */
import type { Completion, EvaluationReport } from "@callgrid/statekeeper";
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
const value: Completion = { id: a, outcome: "=1", ttlMs: longLeaseMs, stamp: "v1#0" };
const tree = { msg: "no", code: "FUNCTION_FAILED", req: payloadOf("a") };
const error: Completion = { id: a, outcome: `!${JSON.stringify(tree)}`, ttlMs: longLeaseMs, stamp: "v1#0" };

/** `a` runs at `w1`, and `c1` waits for it. */
async function setRunning(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  await joinWorkers(stage.pool, "w1", "w2");
  await submitByClient(stage.pool, "c1", "a");
  await claimNames(stage.pool, "w1");
  return stage;
}

export function completingFacts(setStage: SetStage): void {
  it("a value is kept, and goes to who waits", async () => {
    const stage = await setRunning(setStage);
    await expectChanges(stage, () => stage.pool.complete("w1", [value], []), {
      requests: { [a]: null },
      running: { w1: null },
      results: { [a]: { stamp: "v1#0", outcome: "=1" } },
      inboxes: { c1: [{ kind: "outcome", id: a, outcome: "=1", stamp: "v1#0" }] },
      counted: { completed: 1 },
    });
  });

  it("a value without a time to live is delivered, and not kept", async () => {
    const stage = await setRunning(setStage);
    await expectChanges(stage, () => stage.pool.complete("w1", [{ ...value, ttlMs: 0 }], []), {
      requests: { [a]: null },
      running: { w1: null },
      inboxes: { c1: [{ kind: "outcome", id: a, outcome: "=1", stamp: "v1#0" }] },
      counted: { completed: 1 },
    });
  });

  it("an error goes to who waits, and is not kept", async () => {
    const stage = await setRunning(setStage);
    await expectChanges(stage, () => stage.pool.complete("w1", [error], []), {
      requests: { [a]: null },
      running: { w1: null },
      inboxes: { c1: [{ kind: "outcome", id: a, error: tree }] },
      counted: { completed: 1 },
    });
  });

  it("every waiter is notified but the one that hands the outcome in", async () => {
    const stage = await setRunning(setStage);
    await submitByWorker(stage.pool, "w1", "a");
    await submitByWorker(stage.pool, "w2", "a");
    await stage.pool.complete("w1", [value], []);
    const message = { kind: "outcome", id: a, outcome: "=1", stamp: "v1#0" };
    expect((await stage.dump()).inboxes).toEqual({ c1: [message], w2: [message] });
  });

  it("a waiter without a lease gets no message", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.leave("c1");
    await stage.pool.complete("w1", [value], []);
    expect((await stage.dump()).inboxes).toEqual({});
  });

  it("an error counts only from the owner", async () => {
    const stage = await setRunning(setStage);
    await expectChanges(stage, () => stage.pool.complete("w2", [error], []), { counted: { fenced: 1 } });
  });

  it("a value counts from anybody, and its owner is ordered to stop", async () => {
    const stage = await setRunning(setStage);
    await expectChanges(stage, () => stage.pool.complete("w2", [value], []), {
      requests: { [a]: null },
      running: { w1: null },
      results: { [a]: { stamp: "v1#0", outcome: "=1" } },
      inboxes: { c1: [{ kind: "outcome", id: a, outcome: "=1", stamp: "v1#0" }], w1: [{ kind: "cancel", id: a }] },
      counted: { completed: 1 },
    });
  });

  it("the first outcome wins: a later one changes nothing", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.complete("w1", [value], []);
    await expectChanges(stage, () => stage.pool.complete("w2", [{ ...value, outcome: "=2" }], []), {
      counted: { late: 1 },
    });
  });

  it("a value that comes late is kept if there is none", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.complete("w1", [error], []);
    await expectChanges(stage, () => stage.pool.complete("w2", [value], []), {
      results: { [a]: { stamp: "v1#0", outcome: "=1" } },
      counted: { late: 1 },
    });
  });

  it("a refreshed value replaces the one that was kept", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.complete("w1", [value], []);
    const submission = { id: a, payload: payloadOf("a"), mode: "refresh" } as const;
    await stage.pool.submit({ process: "c1", leaseMs: 0, queueLimit: 0, submissions: [submission] });
    await stage.pool.complete("w1", [{ ...value, outcome: "=2" }], []);
    expect((await stage.dump()).results[a]?.outcome).toBe("=2");
  });

  it("a large value is delivered by reference if it is kept", async () => {
    const stage = await setRunning(setStage);
    // 22,000 characters of three bytes each: size is given in bytes
    const outcome = `="${"€".repeat(22_000)}"`;
    await stage.pool.complete("w1", [{ ...value, outcome }], []);
    expect((await stage.dump()).inboxes).toEqual({ c1: [{ kind: "reference", id: a }] });
    expect(await stage.pool.check("c1", 0, [a])).toEqual([{ kind: "outcome", outcome, stamp: "v1#0" }]);
  });

  it("a large value that is not kept is delivered as it is", async () => {
    const stage = await setRunning(setStage);
    const outcome = `="${"x".repeat(70_000)}"`;
    await stage.pool.complete("w1", [{ ...value, outcome, ttlMs: 0 }], []);
    expect((await stage.dump()).inboxes).toEqual({ c1: [{ kind: "outcome", id: a, outcome, stamp: "v1#0" }] });
  });

  it("reports are counted by function, and the measured time is the last one reported", async () => {
    const stage = await setRunning(setStage);
    const report: EvaluationReport = {
      functionName: "work",
      evaluations: 3,
      failures: 1,
      selfMicros: 40.4,
      expectedMicros: 80.4,
    };
    await expectChanges(stage, () => stage.pool.complete("w1", [], [report, { ...report, selfMicros: 50.5 }]), {
      costs: { work: { selfMicros: 51, expectedMicros: 80 } },
      counted: { evaluated: 6, "evaluated:work": 6, failed: 2 },
    });
    expect((await stage.pool.functions()).functions.get("work")).toEqual({
      version: "v1",
      generation: 0,
      selfMicros: 51,
      expectedMicros: 80,
    });
  });

  it("to complete nothing changes nothing", async () => {
    const stage = await setRunning(setStage);
    await expectNoChange(stage, () => stage.pool.complete("w1", [], []));
  });
}
