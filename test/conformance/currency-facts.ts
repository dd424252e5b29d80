/** Facts of code versions: an outcome is taken, kept and found only while all code that took part in it is current. */
import type { Completion } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import {
  claimNames,
  idOf,
  joinWorker,
  longLeaseMs,
  payloadOf,
  type SetStage,
  type Stage,
  submitByClient,
} from "./stage.ts";
import { expectChanges } from "./whole-state.ts";

const a = idOf("a");
/** `work` has called `price`, which has called `tax`. */
const stamp = "v1#0,price@p1,tax@t1";

/** `a` of `work` runs at `w1`, and `c1` waits for it. */
async function setRunning(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  await joinWorker(stage.pool, "w1", { work: "v1", price: "p1", tax: "t1" });
  await submitByClient(stage.pool, "c1", "a");
  await claimNames(stage.pool, "w1");
  return stage;
}

function made(more: Partial<Completion> = {}): Completion {
  return { id: a, outcome: "=1", ttlMs: longLeaseMs, stamp, ...more };
}

/** Whether a caller that asks for `a` again is answered at once. */
async function isHit({ pool }: Stage): Promise<boolean> {
  const submissions = [{ id: a, payload: payloadOf("a") }];
  const { answers } = await pool.submit({ process: "c2", leaseMs: longLeaseMs, queueLimit: 0, submissions });
  await pool.withdraw("c2", [a]);
  return answers.length > 0;
}

export function currencyFacts(setStage: SetStage): void {
  it("a value is kept, sent and found with the code of all functions that took part", async () => {
    const stage = await setRunning(setStage);
    expect(await stage.pool.complete("w1", [made()], [])).toEqual([]);
    const { results, inboxes } = await stage.dump();
    expect(results).toEqual({ [a]: { stamp, outcome: "=1" } });
    expect(inboxes["c1"]).toEqual([{ kind: "outcome", id: a, outcome: "=1", stamp }]);
    const submissions = [{ id: a, payload: payloadOf("a") }];
    const { answers } = await stage.pool.submit({ process: "c2", leaseMs: 0, queueLimit: 0, submissions });
    expect(answers).toEqual([{ index: 0, kind: "outcome", outcome: "=1", stamp }]);
    expect(await stage.pool.check("c2", 0, [a], ["work"])).toEqual([{ kind: "outcome", outcome: "=1", stamp }]);
  });

  it.each([{ work: "v2" }, { price: "p2" }, { tax: "t2" }])(
    "a value is found no more while another version is current, and again when that is rolled back: %j",
    async (changed) => {
      const stage = await setRunning(setStage);
      await stage.pool.complete("w1", [made()], []);
      await joinWorker(stage.pool, "w2", changed);
      expect(await isHit(stage)).toBe(false);
      expect(await stage.pool.check("c1", 0, [a], ["work"])).toEqual([{ kind: "unknown" }]);
      await stage.pool.leave("w2");
      expect(await isHit(stage)).toBe(true);
    },
  );

  it.each([{ work: "v2" }, { price: "p2" }, { tax: "t2" }])(
    "what was made by code that is not current is no outcome: its worker holds it still, and releases it: %j",
    async (changed) => {
      const stage = await setRunning(setStage);
      await joinWorker(stage.pool, "w2", changed);
      const before = await stage.dump();
      const outdated = await stage.pool.complete("w1", [made()], []);
      expect(outdated).toEqual([a]);
      const after = await stage.dump();
      expect(after).toEqual({ ...before, counters: { ...before.counters, outdated: 1 } });
      await stage.pool.release("w1", outdated);
      const { queue, requests } = await stage.dump();
      expect({ queue, losses: requests[a]?.losses, waiters: requests[a]?.waiters }).toEqual({
        queue: [a],
        losses: 0,
        waiters: ["c1"],
      });
    },
  );

  it.each(["v1#0,work@v2", "v1#0,tax@t1,tax@t2", "v1#0,price@p1,unknown@1,unknown@2"])(
    "what two versions of one function have made is no outcome, also where the pool has lost its function table: %s",
    async (mixed) => {
      const stage = await setStage();
      await joinWorker(stage.pool, "w1", {});
      await submitByClient(stage.pool, "c1", "a");
      await stage.pool.complete("w1", [made({ stamp: mixed })], []);
      const { requests, results } = await stage.dump();
      expect({ open: Object.keys(requests), results }).toEqual({ open: [a], results: {} });
      await stage.pool.complete("w1", [made()], []);
      expect(Object.keys((await stage.dump()).requests)).toEqual([]);
    },
  );

  it("a failure of code that is not current is no outcome either", async () => {
    const stage = await setRunning(setStage);
    await joinWorker(stage.pool, "w2", { price: "p2" });
    const outcome = '!{"msg":"no","code":"FUNCTION_FAILED","req":""}';
    expect(await stage.pool.complete("w1", [made({ outcome })], [])).toEqual([a]);
  });

  it("a failure that no code has made is an outcome", async () => {
    const stage = await setRunning(setStage);
    await joinWorker(stage.pool, "w2", { work: "v2" });
    const outcome = '!{"msg":"no","code":"TIMEOUT","req":""}';
    expect(await stage.pool.complete("w1", [made({ outcome, stamp: "#0", ttlMs: 0 })], [])).toEqual([]);
  });

  it("others are taken that are handed in together with one that is no outcome", async () => {
    const stage = await setRunning(setStage);
    await submitByClient(stage.pool, "c1", "b", "c");
    await claimNames(stage.pool, "w1");
    await joinWorker(stage.pool, "w2", { price: "p2" });
    const [b, c] = [idOf("b"), idOf("c")];
    const all = [made({ id: b, stamp: "v1#0" }), made(), made({ id: c, stamp: "v1#0,price@p2" })];
    expect(await stage.pool.complete("w1", all, [])).toEqual([a]);
    const { requests, running, results } = await stage.dump();
    expect({ open: Object.keys(requests), running: running["w1"] }).toEqual({ open: [a], running: [a] });
    expect(Object.keys(results).sort()).toEqual([b, c].sort());
  });

  it("code that the pool knows in no version is current", async () => {
    const stage = await setRunning(setStage);
    expect(await stage.pool.complete("w1", [made({ stamp: "v1#0,local@7" })], [])).toEqual([]);
    expect(await isHit(stage)).toBe(true);
  });

  it("forgetting a function is no change of its code: what is evaluated meanwhile is an outcome, and is not found", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.forget({ functionName: "work" });
    expect(await stage.pool.complete("w1", [made()], [])).toEqual([]);
    expect(await isHit(stage)).toBe(false);
  });

  it("what another worker holds is left to that one", async () => {
    const stage = await setRunning(setStage);
    await joinWorker(stage.pool, "w2", { work: "v1", price: "p2" });
    await expectChanges(stage, () => stage.pool.complete("w2", [made()], []), {});
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: "w1" });
  });

  it("what was made by code that is not current and comes late is found once that code is current again", async () => {
    const stage = await setRunning(setStage);
    await stage.pool.withdraw("c1", [a]);
    await joinWorker(stage.pool, "w2", { price: "p2" });
    expect(await stage.pool.complete("w1", [made()], [])).toEqual([]);
    expect(await isHit(stage)).toBe(false);
    await stage.pool.leave("w2");
    expect(await isHit(stage)).toBe(true);
  });
}
