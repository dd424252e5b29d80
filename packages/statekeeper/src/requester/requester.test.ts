import { GridError, VirtualClock } from "@callgrid/core";
import { describe, expect, it } from "vitest";
import { ScriptedKeeper } from "../../../../test/harness/scripted-keeper.ts";
import { type PrioritizedSubmission, Requester, type RequesterOptions } from "./requester.ts";

const checkEveryMs = 2_000;

function setUp(options: Partial<RequesterOptions> = {}) {
  const keeper = new ScriptedKeeper();
  const clock = new VirtualClock();
  const errors: unknown[] = [];
  const requester = new Requester({
    keeper,
    process: "c1",
    leaseMs: 30_000,
    clock,
    checkEveryMs,
    queueLimit: 1_000,
    onError: (error) => errors.push(error),
    ...options,
  });
  void requester.start();
  const heard: string[] = [];
  /** Asks, and notes what is heard as `id:outcome`. */
  const ask = (id: string, rest: Partial<PrioritizedSubmission> & { readonly worker?: string } = {}) => {
    const { worker, ...submission } = rest;
    return requester.ask({ id, payload: `["f","${id}"]`, ...submission }, worker, (outcome) =>
      heard.push(`${id}:${outcome}`),
    );
  };
  return { keeper, clock, errors, requester, heard, ask };
}

/** Lets everything run that is due now. */
const settle = (clock: VirtualClock): Promise<void> => clock.advance(0);

describe("asking", () => {
  it("submits what is asked for in one tick as one batch, in order", async () => {
    const { keeper, clock, ask } = setUp();
    for (const id of ["a", "b", "c"]) ask(id);
    expect(keeper.submits).toEqual([]);
    await settle(clock);
    expect(keeper.submits).toEqual([
      {
        process: "c1",
        leaseMs: 30_000,
        queueLimit: 1_000,
        priority: 0,
        isReentrant: false,
        submissions: ["a", "b", "c"].map((id) => ({ id, payload: `["f","${id}"]` })),
      },
    ]);
  });

  it("sends batches of at most batchSize without waiting for one another", async () => {
    const { keeper, clock, ask } = setUp({ batchSize: 2 });
    keeper.answerSubmit = () => new Promise(() => undefined);
    for (const id of ["a", "b", "c", "d", "e"]) ask(id);
    await settle(clock);
    expect(keeper.submittedIds).toEqual([["a", "b"], ["c", "d"], ["e"]]);
  });

  it("sends a full batch at once, so that Redis has work while the rest is asked for", () => {
    const { keeper, ask } = setUp({ batchSize: 2 });
    for (const id of ["a", "b", "c"]) ask(id);
    expect(keeper.submittedIds).toEqual([["a", "b"]]);
    ask("large", { payload: `["f","${"x".repeat(5 * 1024 * 1024)}"]` });
    expect(keeper.submittedIds).toEqual([["a", "b"], ["c"]]);
  });

  it("sends batches of bounded size, and a large payload alone", async () => {
    const { keeper, clock, ask } = setUp();
    const payload = `["f","${"x".repeat(3 * 1024 * 1024)}"]`;
    ask("small");
    ask("large", { payload });
    ask("larger", { payload: `["f","${"x".repeat(6 * 1024 * 1024)}"]` });
    ask("last");
    await settle(clock);
    expect(keeper.submittedIds).toEqual([["small", "large"], ["larger"], ["last"]]);
  });

  it("gives each priority batches of its own, and submits again what is asked for at a higher one", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a");
    ask("b", { priority: 3 });
    ask("c");
    await settle(clock);
    ask("a", { priority: 3 });
    ask("b", { priority: 1 });
    await settle(clock);
    const sent = keeper.submits.map(({ priority, submissions }) => [priority, submissions.map(({ id }) => id)]);
    expect(sent).toEqual([
      [0, ["a", "c"]],
      [3, ["b"]],
      [3, ["a"]],
    ]);
  });

  it("gives each worker's own queue batches of its own", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a");
    ask("b", { worker: "w1" });
    ask("c");
    ask("d", { worker: "w2" });
    ask("e", { worker: "w1" });
    await settle(clock);
    expect(keeper.submits.map(({ worker }) => worker)).toEqual([undefined, "w1", "w2"]);
    expect(keeper.submittedIds).toEqual([["a", "c"], ["b", "e"], ["d"]]);
  });

  it("submits an id once however often it is asked for, and answers all who asked", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    ask("a");
    ask("a");
    await settle(clock);
    ask("a");
    await settle(clock);
    expect(keeper.submittedIds).toEqual([["a"]]);
    requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" });
    expect(heard).toEqual(["a:=1", "a:=1", "a:=1"]);
    expect(requester.pendingCount).toBe(0);
  });

  it("delivers an outcome that the submit reply knows", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    keeper.answerSubmit = () => [{ index: 1, kind: "outcome", outcome: "=2", stamp: "v1#0" }];
    ask("a");
    ask("b");
    await settle(clock);
    expect(heard).toEqual(["b:=2"]);
    expect(requester.counters).toEqual({ submitted: 2, resubmitted: 0, delivered: 1, checks: 0 });
  });

  it("reports with each submit reply how many volunteers there are", async () => {
    const counts: number[] = [];
    const { keeper, clock, ask } = setUp({ onVolunteers: (count) => counts.push(count) });
    for (const volunteers of [3, 0]) {
      keeper.volunteers = volunteers;
      ask(`at ${volunteers}`);
      await settle(clock);
    }
    expect(counts).toEqual([3, 0]);
  });

  it("delivers an outcome once, also when it comes twice", async () => {
    const { clock, requester, heard, ask } = setUp();
    ask("a");
    await settle(clock);
    expect(requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" })).toBe(true);
    expect(requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" })).toBe(true);
    expect(heard).toEqual(["a:=1"]);
  });

  it("leaves messages of other kinds to its owner", () => {
    const { requester } = setUp();
    expect(requester.receive({ kind: "functions" })).toBe(false);
    expect(requester.receive({ kind: "cancel", id: "a" })).toBe(false);
    expect(requester.receive({ kind: "forget", id: "a" })).toBe(false);
  });

  it("notifies the other listeners when one throws", async () => {
    const { clock, requester, heard, errors, ask } = setUp();
    requester.ask({ id: "a", payload: "[]" }, undefined, () => {
      throw new Error("a listener's own");
    });
    ask("a");
    await settle(clock);
    requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" });
    expect(heard).toEqual(["a:=1"]);
    expect(errors).toEqual([new Error("a listener's own")]);
  });

  it("checks at once what an inbox names by reference", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    ask("a");
    ask("b");
    await settle(clock);
    keeper.answerCheck = () => [{ kind: "outcome", outcome: "=large", stamp: "v1#0" }];
    expect(requester.receive({ kind: "reference", id: "b" })).toBe(true);
    expect(requester.receive({ kind: "reference", id: "not waited for" })).toBe(true);
    await settle(clock);
    expect(keeper.checks).toEqual([["b"]]);
    expect(heard).toEqual(["b:=large"]);
  });
});

describe("asking again for what is pending", () => {
  it("submits a refresh again, and ignores what was answered to the earlier submission", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    let answerFirst = (): void => undefined;
    keeper.answerSubmit = () =>
      new Promise((resolve) => {
        answerFirst = () => resolve([{ index: 0, kind: "outcome", outcome: "=old", stamp: "v1#0" }]);
      });
    ask("a");
    await settle(clock);
    keeper.answerSubmit = () => [];
    ask("a", { mode: "refresh" });
    await settle(clock);
    answerFirst();
    await settle(clock);
    expect(keeper.submits.map(({ submissions }) => submissions[0]?.mode)).toEqual([undefined, "refresh"]);
    expect(heard).toEqual([]);
    requester.receive({ kind: "outcome", id: "a", outcome: "=new", stamp: "v1#0" });
    expect(heard).toEqual(["a:=new", "a:=new"]);
  });

  it("submits only the refresh when both come in one tick", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a");
    ask("a", { mode: "refresh" });
    ask("a");
    await settle(clock);
    expect(keeper.submits.flatMap(({ submissions }) => submissions.map(({ mode }) => mode))).toEqual(["refresh"]);
  });

  it("waits as long as the most patient ask, and says so", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a", { timeoutMs: 1_000 });
    await clock.advance(600);
    ask("a", { timeoutMs: 300 });
    await settle(clock);
    ask("a", { timeoutMs: 1_000 });
    await settle(clock);
    ask("a");
    await settle(clock);
    expect(keeper.submits.map(({ submissions }) => submissions[0]?.timeoutMs)).toEqual([1_000, 1_000, 0]);
  });
});

describe("withdrawing", () => {
  it("submits nothing for what was withdrawn in the same tick", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a").withdraw();
    ask("b");
    await settle(clock);
    expect(keeper.submittedIds).toEqual([["b"]]);
    expect(keeper.withdrawals).toEqual([]);
  });

  it("leaves only with the last who waits, in one call for one tick", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    const asks = [ask("a"), ask("a"), ask("b"), ask("c")];
    await settle(clock);
    asks[0]?.withdraw();
    await settle(clock);
    expect(keeper.withdrawals).toEqual([]);
    asks[1]?.withdraw();
    asks[2]?.withdraw();
    await settle(clock);
    expect(keeper.withdrawals).toEqual([["a", "b"]]);
    expect(requester.pendingCount).toBe(1);
    requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" });
    expect(heard).toEqual([]);
  });

  it("does nothing a second time, or after the outcome", async () => {
    const { keeper, clock, requester, ask } = setUp();
    const first = ask("a");
    const second = ask("b");
    await settle(clock);
    first.withdraw();
    first.withdraw();
    requester.receive({ kind: "outcome", id: "b", outcome: "=1", stamp: "v1#0" });
    ask("b");
    second.withdraw();
    await settle(clock);
    expect(keeper.withdrawals).toEqual([["a"]]);
    expect(requester.pendingCount).toBe(1);
  });

  it("asks again for what was withdrawn and asked for in one tick, and does not withdraw it", async () => {
    const { keeper, clock, heard, requester, ask } = setUp();
    const first = ask("a");
    await settle(clock);
    first.withdraw();
    ask("a");
    await settle(clock);
    expect(keeper.withdrawals).toEqual([]);
    expect(keeper.submittedIds).toEqual([["a"], ["a"]]);
    requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" });
    expect(heard).toEqual(["a:=1"]);
  });

  it("keeps a listener from being informed that an earlier listener of the same request withdraws", async () => {
    const { clock, requester, heard, ask } = setUp();
    requester.ask({ id: "a", payload: "[]" }, undefined, () => second.withdraw());
    const second = ask("a");
    ask("a");
    await settle(clock);
    requester.receive({ kind: "outcome", id: "a", outcome: "=1", stamp: "v1#0" });
    expect(heard).toEqual(["a:=1"]);
  });
});

describe("checking", () => {
  it("checks what has been waited for long, and again a round later", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a");
    await clock.advance(checkEveryMs / 2);
    ask("b");
    await clock.advance(checkEveryMs / 2);
    expect(keeper.checks).toEqual([["a"]]);
    await clock.advance(checkEveryMs);
    expect(keeper.checks).toEqual([["a"], ["b", "a"]]);
  });

  it("finds an outcome whose message was lost", async () => {
    const { keeper, clock, heard, ask } = setUp();
    ask("a");
    keeper.answerCheck = () => [{ kind: "outcome", outcome: "=1", stamp: "v1#0" }];
    await clock.advance(checkEveryMs);
    expect(heard).toEqual(["a:=1"]);
  });

  it("submits again what the statekeeper no longer knows", async () => {
    const { keeper, clock, requester, ask } = setUp();
    ask("a", { mode: "refresh", timeoutMs: 60_000 });
    keeper.answerCheck = () => [{ kind: "unknown" }];
    await clock.advance(checkEveryMs);
    expect(keeper.submits.map(({ submissions }) => submissions)).toEqual([
      [{ id: "a", payload: '["f","a"]', mode: "refresh", timeoutMs: 60_000 }],
      [{ id: "a", payload: '["f","a"]', mode: "refresh", timeoutMs: 58_000 }],
    ]);
    expect(requester.counters).toEqual({ submitted: 1, resubmitted: 1, delivered: 0, checks: 1 });
  });

  it("takes at most 2,000 ids a round, the oldest first, and then the others", async () => {
    const { keeper, clock, ask } = setUp();
    const ids = Array.from({ length: 3_000 }, (_, index) => `${index}`);
    for (const id of ids) ask(id);
    await clock.advance(checkEveryMs);
    expect(keeper.checks.flat()).toEqual(ids.slice(0, 2_000));
    keeper.checks.length = 0;
    await clock.advance(checkEveryMs);
    expect(keeper.checks.flat()).toEqual([...ids.slice(2_000), ...ids.slice(0, 1_000)]);
    expect(keeper.checks.every((call) => call.length <= 1_000)).toBe(true);
  });

  it("reports a check that fails, and checks again in the next round", async () => {
    const { keeper, clock, errors, heard, ask } = setUp();
    ask("a");
    keeper.answerCheck = () => Promise.reject(new Error("no link"));
    await clock.advance(checkEveryMs);
    expect(errors).toEqual([new Error("no link")]);
    keeper.answerCheck = () => [{ kind: "outcome", outcome: "=1", stamp: "v1#0" }];
    await clock.advance(checkEveryMs);
    expect(heard).toEqual(["a:=1"]);
  });

  it("starts no round while one is under way", async () => {
    const { keeper, clock, ask } = setUp();
    ask("a");
    keeper.answerCheck = () => new Promise(() => undefined);
    await clock.advance(10 * checkEveryMs);
    expect(keeper.checks).toHaveLength(1);
  });

  it("checks everything after a reconnect, in parts of 1,000", async () => {
    const { keeper, clock, requester, ask } = setUp();
    for (let index = 0; index < 2_500; index++) ask(`${index}`);
    await settle(clock);
    requester.recheckAll();
    await settle(clock);
    expect(keeper.checks.map((ids) => ids.length)).toEqual([1_000, 1_000, 500]);
  });

  it("goes on with the newest recheck only when the link flaps", async () => {
    const { keeper, clock, requester, ask } = setUp();
    for (let index = 0; index < 2_500; index++) ask(`${index}`);
    await settle(clock);
    requester.recheckAll();
    requester.recheckAll();
    await settle(clock);
    expect(keeper.checks.map((ids) => ids.length)).toEqual([1_000, 1_000, 1_000, 500]);
  });

  it("ignores an answer about what was withdrawn and asked for again meanwhile", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    const first = ask("a");
    await settle(clock);
    let answer = (): void => undefined;
    keeper.answerCheck = () =>
      new Promise((resolve) => {
        answer = () => resolve([{ kind: "outcome", outcome: "=old", stamp: "v1#0" }]);
      });
    requester.recheckAll();
    first.withdraw();
    ask("a", { mode: "refresh" });
    answer();
    await settle(clock);
    expect(heard).toEqual([]);
    expect(requester.pendingCount).toBe(1);
  });
});

describe("submits that fail", () => {
  it("are retried in the next round, in order and not before", async () => {
    const { keeper, clock, errors, ask } = setUp();
    keeper.answerSubmit = () => Promise.reject(new Error("no link"));
    ask("a");
    ask("b");
    await clock.advance(checkEveryMs - 1);
    expect(keeper.submittedIds).toEqual([["a", "b"]]);
    keeper.answerSubmit = () => [];
    await clock.advance(1);
    expect(keeper.submittedIds).toEqual([
      ["a", "b"],
      ["a", "b"],
    ]);
    expect(keeper.checks).toEqual([]);
    expect(errors).toEqual([new Error("no link")]);
  });

  it("are retried at once when the link is back", async () => {
    const { keeper, clock, requester, ask } = setUp();
    keeper.answerSubmit = () => Promise.reject(new Error("no link"));
    ask("a");
    await settle(clock);
    requester.recheckAll();
    await settle(clock);
    expect(keeper.submittedIds).toEqual([["a"], ["a"]]);
    expect(keeper.checks).toEqual([]);
  });

  it("are withdrawn when no caller waits any more, for the call may have arrived", async () => {
    const { keeper, clock, ask } = setUp();
    keeper.answerSubmit = () => Promise.reject(new Error("no link"));
    const only = ask("a");
    await settle(clock);
    only.withdraw();
    await clock.advance(checkEveryMs);
    expect(keeper.submittedIds).toEqual([["a"]]);
    expect(keeper.withdrawals).toEqual([["a"]]);
  });

  it("fail the requests when the statekeeper refuses for good", async () => {
    const { keeper, clock, heard, ask } = setUp();
    keeper.answerSubmit = () => Promise.reject(new GridError("STATEKEEPER_REFUSED", "NOPERM"));
    ask("a");
    await settle(clock);
    expect(heard).toEqual([`a:!${JSON.stringify({ msg: "NOPERM", code: "STATEKEEPER_REFUSED", req: '["f","a"]' })}`]);
  });
});

describe("refusals", () => {
  const treeOf = (heard: readonly string[]): unknown => JSON.parse((heard[0] ?? "").replace(/^a:!/, ""));

  it("an unknown function fails with the nearest names and what the pool knows", async () => {
    const { keeper, clock, heard, ask } = setUp();
    keeper.functionNames = ["ratio", "divide"];
    keeper.answerSubmit = () => [{ index: 0, kind: "unknown-function" }];
    ask("a", { payload: '["rato",1]' });
    await settle(clock);
    expect(treeOf(heard)).toEqual({
      msg: 'unknown function "rato"; did you mean "ratio"? The pool "pool" knows: divide, ratio',
      code: "UNKNOWN_FUNCTION",
      req: '["rato",1]',
      details: { functionName: "rato", pool: "pool", nearest: ["ratio"] },
    });
  });

  it("an unknown function fails also when the functions cannot be read", async () => {
    const { keeper, clock, heard, errors, ask } = setUp();
    keeper.functions = () => Promise.reject(new Error("no link"));
    keeper.answerSubmit = () => [{ index: 0, kind: "unknown-function" }];
    ask("a", { payload: '["rato",1]' });
    await settle(clock);
    expect(treeOf(heard)).toMatchObject({ msg: 'unknown function "rato" in pool "pool"', code: "UNKNOWN_FUNCTION" });
    expect(errors).toEqual([new Error("no link")]);
  });

  it("a full pool fails with the limit and what to do", async () => {
    const { keeper, clock, heard, ask } = setUp();
    keeper.answerSubmit = () => [{ index: 0, kind: "pool-full" }];
    ask("a");
    await settle(clock);
    expect(treeOf(heard)).toMatchObject({ code: "POOL_FULL", details: { pool: "pool", queueLimit: 1_000 } });
    expect((treeOf(heard) as { msg: string }).msg).toMatch(/holds 1000 requests.*window.*queueLimit/);
  });
});

describe("the states of a request", () => {
  it("a refusal differs from an outcome", async () => {
    const { keeper, clock, requester } = setUp();
    const refused: unknown[] = [];
    const ask = async (id: string, answer: typeof keeper.answerSubmit): Promise<void> => {
      keeper.answerSubmit = answer;
      requester.ask({ id, payload: `["f","${id}"]` }, undefined, (_, { isRefused = false }) => refused.push(isRefused));
      await settle(clock);
    };
    await ask("a", () => [{ index: 0, kind: "pool-full" }]);
    await ask("b", () => [{ index: 0, kind: "unknown-function" }]);
    await ask("c", () => Promise.reject(new GridError("INCOMPATIBLE_VERSION", "newer")));
    const outcome = '!{"msg":"full","code":"POOL_FULL","req":""}';
    await ask("d", () => [{ index: 0, kind: "outcome", outcome, stamp: "v1#0" }]);
    expect(refused).toEqual([true, true, true, false]);
  });
});

describe("stopping", () => {
  it("sends what was withdrawn, ends all timers, and asks for nothing any more", async () => {
    const { keeper, clock, requester, heard, ask } = setUp();
    const first = ask("a");
    ask("b");
    await settle(clock);
    first.withdraw();
    ask("c");
    await requester.stop();
    await settle(clock);
    expect(keeper.withdrawals).toEqual([["a"]]);
    expect(keeper.submittedIds).toEqual([["a", "b"]]);
    requester.receive({ kind: "outcome", id: "b", outcome: "=1", stamp: "v1#0" });
    expect(heard).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(() => ask("d")).toThrow(expect.objectContaining({ code: "GRID_CLOSED" }));
  });

  it("reports nothing that fails afterwards", async () => {
    const { keeper, clock, requester, errors, ask } = setUp();
    let fail = (): void => undefined;
    keeper.answerSubmit = () =>
      new Promise((_, reject) => {
        fail = () => reject(new Error("closed"));
      });
    ask("a");
    await settle(clock);
    await requester.stop();
    fail();
    await settle(clock);
    expect(errors).toEqual([]);
  });

  it("ends the rounds also when one is under way", async () => {
    const { keeper, clock, requester, ask } = setUp();
    ask("a");
    let answer = (): void => undefined;
    keeper.answerCheck = () =>
      new Promise((resolve) => {
        answer = () => resolve([{ kind: "unknown" }]);
      });
    await clock.advance(checkEveryMs);
    await requester.stop();
    answer();
    await clock.advance(10 * checkEveryMs);
    expect(keeper.checks).toHaveLength(1);
    expect(keeper.submits).toHaveLength(1);
  });
});
