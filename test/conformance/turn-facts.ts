/** Facts of turns: whose requests are drawn first where several callers, or requests of several priorities, wait. */
import type { PoolKeeper } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
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
import { expectChanges } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");

/** One worker, which has `work` of 1 ms and `slow` of 10 ms. */
async function setMeasured(setStage: SetStage): Promise<Stage> {
  const stage = await setStage();
  await joinWorker(stage.pool, "w1", { work: "v1", slow: "v1" });
  await measure(stage.pool, "work", 1_000);
  await measure(stage.pool, "slow", 10_000);
  return stage;
}

interface Asked {
  readonly functionName?: string;
  readonly priority?: number;
  readonly isReentrant?: boolean;
}

function ask(pool: PoolKeeper, process: string, names: readonly string[], asked: Asked = {}): Promise<unknown> {
  const { functionName = "work", ...rest } = asked;
  const submissions = names.map((name) => ({ id: idOf(name), payload: payloadOf(name, functionName) }));
  return pool.submit({ process, leaseMs: longLeaseMs, queueLimit: 0, submissions, ...rest });
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

/** The names in the order in which claims of one request each get them. */
async function drawOrder(pool: PoolKeeper, count: number, limits: Parameters<typeof claimNames>[2] = {}) {
  const names: string[] = [];
  for (let i = 0; i < count; i += 1) names.push(...(await claimNames(pool, "w1", { ...limits, max: 1 })));
  return names;
}

export function turnFacts(setStage: SetStage): void {
  it("callers take turns, however many requests one of them has", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c1", numbered("a", 100));
    await ask(pool, "c2", numbered("b", 3));
    expect(await drawOrder(pool, 7)).toEqual(["a0", "b0", "a1", "b1", "a2", "b2", "a3"]);
  });

  it("callers get equal shares of the work, not of the requests", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c1", numbered("a", 5), { functionName: "slow" });
    await ask(pool, "c2", numbered("b", 50));
    const drawn = await drawOrder(pool, 33);
    expect(drawn.filter((name) => name.startsWith("a"))).toHaveLength(3);
  });

  it("one claim takes what is left of several callers", async () => {
    const stage = await setMeasured(setStage);
    await ask(stage.pool, "c1", ["a"]);
    await ask(stage.pool, "c2", ["b"]);
    expect(await claimNames(stage.pool, "w1", { max: 3 })).toEqual(["a", "b"]);
    expect((await stage.dump()).callerQueues).toEqual({});
  });

  it("who is alone keeps its turn, and who comes gets the next one", async () => {
    const stage = await setMeasured(setStage);
    await ask(stage.pool, "c1", numbered("a", 50));
    await expectChanges(stage, () => claimNames(stage.pool, "w1", { max: 1 }), {
      callerQueues: { "0:c1": numbered("a", 50).slice(1).map(idOf) },
      requests: { [idOf("a0")]: { owner: "w1", isClaimed: true } },
      running: { w1: [idOf("a0")] },
      turns: { 0: 1, "0:c1": 0 },
      counted: { claimed: 1 },
    });
    await drawOrder(stage.pool, 30);
    await ask(stage.pool, "c2", ["b"]);
    expect((await stage.dump()).turns).toEqual({ 0: 1, "0:c1": 0, "0:c2": 0.5 });
    expect(await drawOrder(stage.pool, 2)).toEqual(["a31", "b"]);
  });

  it("a caller that submits little at a time gains nothing thereby", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c2", numbered("b", 50));
    const drawn: string[] = [];
    for (let i = 0; i < 10; i += 1) {
      await ask(pool, "c1", numbered(`a${i}-`, 4));
      drawn.push(...(await claimNames(pool, "w1", { max: 4 })));
    }
    expect(drawn.filter((name) => name.startsWith("b"))).toHaveLength(20);
  });

  it("callers that come later and later do not keep one waiting that has been there before", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "z", ["b"]);
    await ask(pool, "z", ["c"]);
    const drawn: string[] = [];
    for (let i = 0; i < 4; i += 1) {
      await ask(pool, `c${i}`, [`a${i}`]);
      drawn.push(...(await drawOrder(pool, 1)));
    }
    expect(drawn).toContain("c");
  });

  it("what comes while nothing waits goes to volunteers without being queued, and what is left is queued", async () => {
    const stage = await setMeasured(setStage);
    await claimNames(stage.pool, "w1", { volunteerFor: 2, skips: ["slow"] });
    await ask(stage.pool, "c1", ["c"], { functionName: "slow" });
    await stage.pool.withdraw("c1", [idOf("c")]);
    await claimNames(stage.pool, "w1", { volunteerFor: 2 });
    await ask(stage.pool, "c1", ["a", "b", "d"], { priority: 2 });
    const { running, callerQueues, turns } = await stage.dump();
    expect({ running, callerQueues }).toEqual({ running: { w1: [a, b] }, callerQueues: { "2:c1": [idOf("d")] } });
    expect(Object.keys(turns)).toContain("2:c1");
  });

  it("re-entrant requests go before all roots, in the order in which they came", async () => {
    const stage = await setMeasured(setStage);
    await ask(stage.pool, "c1", ["c", "d"], { priority: 10 });
    await expectChanges(stage, () => ask(stage.pool, "w1", ["a", "b"], { isReentrant: true }), {
      queue: [a, b],
      requests: {
        [a]: { payload: payloadOf("a"), waiters: ["w1"] },
        [b]: { payload: payloadOf("b"), waiters: ["w1"] },
      },
      counted: { submitted: 2 },
    });
    expect(await drawOrder(stage.pool, 3)).toEqual(["a", "b", "c"]);
  });

  it("the highest of three priorities goes first, whichever came first", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c1", numbered("low", 3), { priority: 1 });
    await ask(pool, "c2", numbered("high", 3), { priority: 5 });
    await ask(pool, "c1", numbered("middle", 3), { priority: 3 });
    expect(await drawOrder(pool, 9)).toEqual([...numbered("high", 3), ...numbered("middle", 3), ...numbered("low", 3)]);
  });

  it("sixteen of a priority are drawn for one of the priority below, so nothing waits forever", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c1", numbered("low", 100), { priority: -1 });
    await ask(pool, "c2", numbered("high", 100));
    const drawn = await drawOrder(pool, 5 * 17);
    expect(drawn.filter((name) => name.startsWith("low"))).toHaveLength(5);
    expect(drawn.slice(0, 15)).toEqual(numbered("high", 15));
  });

  it("callers of one priority take turns independently of those of another", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c1", ["low"]);
    await ask(pool, "c1", numbered("a", 3), { priority: 2 });
    await ask(pool, "c2", numbered("b", 2), { priority: 2 });
    expect(await drawOrder(pool, 6)).toEqual(["a0", "b0", "a1", "b1", "a2", "low"]);
  });

  it("who asks again at a higher priority is heard, and at a lower one is not", async () => {
    const stage = await setMeasured(setStage);
    await ask(stage.pool, "c1", ["a", "b"]);
    await expectChanges(stage, () => ask(stage.pool, "c1", ["b"], { priority: 3 }), {
      callerQueues: { "3:c1": [b] },
      requests: { [b]: { priority: 3 } },
      counted: { submitted: 1, joined: 1 },
    });
    await expectChanges(stage, () => ask(stage.pool, "c1", ["b"], { priority: 1 }), {
      counted: { submitted: 1, joined: 1 },
    });
    const { claims } = await stage.pool.claim({
      ...{ worker: "w1", max: 1, budgetMicros: 1, epoch: 1, skips: [], reach: "roots", volunteerFor: 0 },
    });
    expect(claims).toMatchObject([{ id: b, priority: 3 }]);
    expect(await drawOrder(stage.pool, 2)).toEqual(["a"]);
  });

  it("a caller whose requests the worker cannot evaluate is passed over, and keeps its turn", async () => {
    const stage = await setMeasured(setStage);
    await ask(stage.pool, "c1", ["a"], { functionName: "slow" });
    await ask(stage.pool, "c2", ["b", "c"]);
    expect(await claimNames(stage.pool, "w1", { max: 1, skips: ["slow"] })).toEqual(["b"]);
    const { turns, callerQueues } = await stage.dump();
    expect(turns).toEqual({ 0: 1, "0:c1": 0, "0:c2": 1.5 });
    expect(callerQueues).toEqual({ "0:c1": [a], "0:c2": [idOf("c")] });
  });

  it("a worker that takes children only passes over what clients wait for, and finds what members do", async () => {
    const { pool } = await setMeasured(setStage);
    await joinWorkers(pool, "w2");
    await ask(pool, "c1", ["a"]);
    await ask(pool, "w2", ["b"]);
    const children = { reach: "children" as const };
    expect(await drawOrder(pool, 2, children)).toEqual(["b"]);
  });

  it("more callers than are looked at first are all served", async () => {
    const stage = await setMeasured(setStage);
    const callers = numbered("c", 70);
    for (const caller of callers) await submitByClient(stage.pool, caller, caller);
    expect((await claimNames(stage.pool, "w1")).sort()).toEqual(callers.toSorted());
    expect(await claimNames(stage.pool, "w1")).toEqual([]);
    expect((await stage.dump()).callerQueues).toEqual({});
  });

  it("a turn that has come is gone, if nothing waits there any more", async () => {
    const stage = await setMeasured(setStage);
    await ask(stage.pool, "c1", ["a"]);
    await ask(stage.pool, "c2", ["b"], { priority: 1 });
    expect(await claimNames(stage.pool, "w1")).toEqual(["b", "a"]);
    await ask(stage.pool, "c3", ["c"], { priority: 2 });
    expect(Object.keys((await stage.dump()).turns)).toEqual(["0", "1", "2", "2:c3"]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["c"]);
    expect(Object.keys((await stage.dump()).turns)).toEqual(["2"]);
  });

  it("a pool counts what waits for all of its callers, and is full by that", async () => {
    const { pool } = await setMeasured(setStage);
    await ask(pool, "c1", ["a"]);
    await ask(pool, "c2", ["b"], { priority: -3 });
    expect((await pool.inspect()).queued).toBe(2);
    const submissions = [{ id: idOf("c"), payload: payloadOf("c") }];
    const { answers } = await pool.submit({ process: "c3", leaseMs: longLeaseMs, queueLimit: 2, submissions });
    expect(answers).toEqual([{ index: 0, kind: "pool-full" }]);
  });
}
