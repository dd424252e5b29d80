/** Facts of copies: an idle volunteer may copy a late request of another worker, and the first outcome completes it. */
import { setTimeout as sleep } from "node:timers/promises";
import { usualLimits } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { until } from "../harness/until.ts";
import {
  claimNames,
  idOf,
  joinWorker,
  joinWorkers,
  longLeaseMs,
  measure,
  payloadOf,
  type SetStage,
  type Stage,
  submitByClient,
} from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
/** From this age on a claim is late. */
const aWhileMs = 30;
/** How long claims are held: longer, for a timer may fire a millisecond before a clock of whole milliseconds says so. */
const heldMs = aWhileMs + 5;

function sweep({ pool }: Stage, copyAfterMs: number) {
  return pool.sweep({ process: "d1", headLeaseMs: 0, maxAttempts: 3, limit: 100, copyAfterMs });
}

/** `w1` holds what `names` say for a while already, and `w2` has volunteered. */
async function setLate(setStage: SetStage, ...names: readonly string[]): Promise<Stage> {
  const stage = await setStage();
  await joinWorkers(stage.pool, "w1", "w2");
  await submitByClient(stage.pool, "c1", ...names);
  await measure(stage.pool, "work", 1);
  await claimNames(stage.pool, "w1", { max: names.length });
  await sleep(heldMs);
  await claimNames(stage.pool, "w2", { volunteerFor: 1 });
  return stage;
}

function copyOf(name: string) {
  return {
    kind: "copy",
    id: idOf(name),
    payload: payloadOf(name),
    mode: "use",
    losses: 0,
    priority: 0,
    hasTimeout: false,
  } as const;
}

export function copyingFacts(setStage: SetStage): void {
  it("a bridge is given no copy: in the other pool it would go on after the request is done", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1", "w2");
    await submitByClient(stage.pool, "c1", "a");
    await measure(stage.pool, "work", 1);
    await claimNames(stage.pool, "w1");
    await sleep(heldMs);
    await claimNames(stage.pool, "w2", { volunteerFor: 1, reach: "next" });
    await sweep(stage, aWhileMs);
    const { requests, volunteers } = await stage.dump();
    expect([requests[a]?.isCopied, volunteers.length]).toEqual([false, 1]);
  });

  it("a volunteer is given a copy of what another worker is late with, once", async () => {
    const stage = await setLate(setStage, "a");
    await expectChanges(stage, () => sweep(stage, aWhileMs), {
      requests: { [a]: { isCopied: true } },
      volunteers: [],
      inboxes: { w2: [copyOf("a")] },
      counted: { copied: 1 },
    });
    await claimNames(stage.pool, "w2", { volunteerFor: 1 });
    await expectNoChange(stage, () => sweep(stage, aWhileMs));
  });

  it("a volunteer gets one copy at a time", async () => {
    const stage = await setLate(setStage, "a", "b");
    await sweep(stage, aWhileMs);
    const { requests } = await stage.dump();
    expect([requests[a]?.isCopied, requests[b]?.isCopied].sort()).toEqual([false, true]);
  });

  it("nothing is copied before its time, and nothing at all without a request for it", async () => {
    const stage = await setLate(setStage, "a");
    await expectNoChange(stage, () => sweep(stage, 60_000));
    await expectNoChange(stage, () => sweep(stage, 0));
  });

  it("a function that usually takes longer is not late, and neither is one that no worker has measured", async () => {
    const stage = await setLate(setStage, "a");
    await measure(stage.pool, "work", 60_000_000);
    await expectNoChange(stage, () => sweep(stage, aWhileMs));
    const unmeasured = await setStage();
    await joinWorkers(unmeasured.pool, "w1", "w2");
    await submitByClient(unmeasured.pool, "c1", "a");
    await claimNames(unmeasured.pool, "w1");
    await sleep(heldMs);
    await claimNames(unmeasured.pool, "w2", { volunteerFor: 1 });
    await expectNoChange(unmeasured, () => sweep(unmeasured, aWhileMs));
  });

  it("what waits for re-entrant requests is not copied", async () => {
    const stage = await setLate(setStage, "a");
    await stage.pool.mark("w1", [{ id: a, waitsFor: [b] }], []);
    await expectNoChange(stage, () => sweep(stage, aWhileMs));
  });

  it("a volunteer that lacks the function gets no copy", async () => {
    const stage = await setStage();
    await joinWorkers(stage.pool, "w1");
    await joinWorker(stage.pool, "w2", { other: "v1" });
    await submitByClient(stage.pool, "c1", "a");
    await measure(stage.pool, "work", 1);
    await claimNames(stage.pool, "w1");
    await sleep(heldMs);
    await claimNames(stage.pool, "w2", { skips: ["work"], volunteerFor: 1 });
    await expectNoChange(stage, () => sweep(stage, aWhileMs));
  });

  it("the first outcome completes it: the owner is notified to stop, and its late outcome changes nothing", async () => {
    const stage = await setLate(setStage, "a");
    await sweep(stage, aWhileMs);
    const outcome = { id: a, outcome: "=1", ttlMs: 0, stamp: "v1#0" } as const;
    await expectChanges(stage, () => stage.pool.complete("w2", [outcome], []), {
      requests: { [a]: null },
      running: { w1: null },
      inboxes: {
        w2: [copyOf("a")],
        w1: [{ kind: "cancel", id: a }],
        c1: [{ kind: "outcome", id: a, outcome: "=1", stamp: "v1#0" }],
      },
      counted: { completed: 1 },
    });
    await expectChanges(stage, () => stage.pool.complete("w1", [outcome], []), { counted: { late: 1 } });
  });

  it("given back and claimed again, it may be copied again", async () => {
    const stage = await setLate(setStage, "a");
    await sweep(stage, aWhileMs);
    await stage.pool.release("w1", [a]);
    expect((await stage.dump()).requests[a]?.isCopied).toBe(false);
  });

  it("its copy given back, it may be copied again, and its owner keeps it", async () => {
    const stage = await setLate(setStage, "a");
    await sweep(stage, aWhileMs);
    const { isCopied, ...held } = (await stage.dump()).requests[a] ?? {};
    expect(isCopied).toBe(true);
    await stage.pool.release("w2", [a]);
    expect((await stage.dump()).requests[a]).toEqual({ ...held, isCopied: false });
  });

  it("of more claims than one sweep looks at, a late one is found by a later sweep", async () => {
    const stage = await setStage();
    const { pool } = stage;
    for (const worker of ["w1", "w2"]) await joinWorker(pool, worker, { work: "v1", other: "v1" });
    const many = Array.from({ length: 2 * usualLimits.claimsPerSweep }, (_, i) => `n${i}`);
    const submissions = many.map((name) => ({ id: idOf(name), payload: payloadOf(name, "other") }));
    await pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    await claimNames(pool, "w1", { max: many.length, budgetMicros: Number.POSITIVE_INFINITY });
    await submitByClient(pool, "c1", "a");
    await measure(pool, "work", 1);
    await claimNames(pool, "w1");
    await sleep(heldMs);
    await claimNames(pool, "w2", { volunteerFor: 1 });
    await until(async () => {
      await sweep(stage, aWhileMs);
      return (await stage.dump()).inboxes["w2"] !== undefined;
    });
    expect((await stage.dump()).inboxes).toEqual({ w2: [copyOf("a")] });
  });
}
