/** Facts of what a pool does for the bridges between it and other pools: recall, guests, and claims of what is carried elsewhere. */
import type { CheckAnswer } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { askAsGuests, carryNames, messagesTo, setBridges } from "./bridge-stage.ts";
import {
  claimNames,
  idOf,
  joinBridge,
  joinWorkers,
  longLeaseMs,
  payloadOf,
  type SetStage,
  submitByClient,
  submitByWorker,
} from "./stage.ts";
import { expectChanges, expectNoChange } from "./whole-state.ts";

const a = idOf("a");
const b = idOf("b");
const c = idOf("c");

function guestFacts(setStage: SetStage): void {
  it("guests wait behind all callers of their priority, before those of lower ones, and take turns among themselves", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a", "b"]);
    await askAsGuests(stage, "b2", ["c"]);
    await submitByClient(stage.pool, "c1", "d");
    await submitByClient(stage.pool, "c2", "e");
    const low = [{ id: idOf("f"), payload: payloadOf("f") }];
    await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, priority: -3, submissions: low });
    const drawn: string[] = [];
    for (let i = 0; i < 6; i += 1) drawn.push(...(await claimNames(stage.pool, "w1", { max: 1 })));
    expect(drawn).toEqual(["d", "e", "a", "c", "b", "f"]);
  });

  it("a worker that takes no roots takes guests, which a function of another pool may wait for", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "d");
    await askAsGuests(stage, "b1", ["a"]);
    expect(await claimNames(stage.pool, "w1", { reach: "children" })).toEqual(["a"]);
  });

  it("a caller that comes after guests is drawn from first", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a"]);
    await submitByClient(stage.pool, "c1", "b");
    expect((await stage.dump()).turns).toMatchObject({ "0:b1": 1e15, "0:c1": 0 });
    expect(await claimNames(stage.pool, "w1")).toEqual(["b", "a"]);
  });

  it("a bridge is sent word of each guest that another process claims", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a", "b", "c"]);
    await claimNames(stage.pool, "w1", { max: 1 });
    await carryNames(stage, "b2", "last", { max: 1 });
    expect(await messagesTo(stage, "b1")).toEqual([
      { kind: "started", id: a },
      { kind: "started", id: c },
    ]);
  });

  it("a bridge is sent word of a guest that another process has claimed already", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a", "b");
    await claimNames(stage.pool, "w1", { max: 1 });
    await askAsGuests(stage, "b1", ["a", "b"]);
    expect(await messagesTo(stage, "b1")).toEqual([{ kind: "started", id: a }]);
  });

  it("a bridge is sent word of a guest that a volunteer gets at once", async () => {
    const stage = await setBridges(setStage);
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    await askAsGuests(stage, "b1", ["a", "b"]);
    expect(await messagesTo(stage, "b1")).toEqual([{ kind: "started", id: a }]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:b1": [b] });
  });
}

function recallFacts(setStage: SetStage): void {
  it("guests that no worker has claimed are taken back, what would be drawn last first", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a", "b", "c"]);
    await askAsGuests(stage, "b1", ["d"], { priority: 2 });
    const recalled = await expectChanges(stage, () => stage.pool.recall({ process: "b1", limit: 2, skips: [] }), {
      requests: { [b]: null, [c]: null },
      callerQueues: { "0:b1": [a] },
      counted: { recalled: 2 },
    });
    expect(recalled).toEqual([c, b]);
    expect((await stage.pool.inspect()).queued).toBe(2);
  });

  it("what is claimed, and what is of functions that stay, is not taken back", async () => {
    const stage = await setBridges(setStage);
    await joinWorkers(stage.pool, "w1");
    await joinBridge(stage.pool, "b1");
    await askAsGuests(stage, "b1", ["a", "b", "c"]);
    await claimNames(stage.pool, "w1", { max: 1 });
    const stays = { process: "b1", limit: 9, skips: ["work"] };
    expect(await expectNoChange(stage, () => stage.pool.recall(stays))).toEqual([]);
    expect(await stage.pool.recall({ ...stays, skips: ["other"] })).toEqual([c, b]);
    expect(await stage.pool.locate([a, b])).toEqual(["claimed", "unknown"]);
  });

  it("a guest that another caller waits for too stays for them", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a"]);
    await submitByClient(stage.pool, "c1", "a");
    expect(await stage.pool.recall({ process: "b1", limit: 9, skips: [] })).toEqual([a]);
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: null, waiters: ["c1"] });
    const answers: readonly CheckAnswer[] = await stage.pool.check("c1", 0, [a]);
    expect(answers).toEqual([{ kind: "pending" }]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("a guest that was asked for at two priorities is on no queue of the bridge when others still wait for it", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a");
    await askAsGuests(stage, "b1", ["a"]);
    await askAsGuests(stage, "b1", ["a"], { priority: 1 });
    const recalled = await expectChanges(stage, () => stage.pool.recall({ process: "b1", limit: 9, skips: [] }), {
      requests: { [a]: { waiters: ["c1"] } },
      callerQueues: { "0:b1": null, "1:b1": null },
      counted: { recalled: 1 },
    });
    expect(recalled).toEqual([a]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("a guest that is on no other queue stays there for those who wait for it, however often the bridge takes back", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a"]);
    await stage.pool.submit({
      ...{ process: "w1", leaseMs: 0, worker: "w1", queueLimit: 0 },
      submissions: [{ id: a, payload: payloadOf("a"), isHeld: true }],
    });
    const takeBack = () => stage.pool.recall({ process: "b1", limit: 9, skips: [] });
    expect(await takeBack()).toEqual([a]);
    expect(await expectNoChange(stage, takeBack)).toEqual([]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });
}

function joiningFacts(setStage: SetStage): void {
  it("a bridge learns that what it carries is wanted at a higher priority, or for longer", async () => {
    const stage = await setStage();
    await joinBridge(stage.pool, "b1");
    const join = (process: string, timeoutMs: number, priority = 0) =>
      stage.pool.submit({
        ...{ process, leaseMs: longLeaseMs, queueLimit: 0, priority },
        submissions: [{ id: a, payload: payloadOf("a"), timeoutMs }],
      });
    await join("c1", 60_000);
    await carryNames(stage, "b1", "next");
    await join("c2", 60_000);
    expect(await messagesTo(stage, "b1")).toEqual([]);
    await join("c2", 120_000);
    await join("c3", 60_000, 2);
    await join("c4", 0);
    const run = { kind: "run", id: a, payload: payloadOf("a"), mode: "use", losses: 0 };
    expect(await messagesTo(stage, "b1")).toEqual([
      { ...run, priority: 0, hasTimeout: true },
      { ...run, priority: 2, hasTimeout: true },
      { ...run, priority: 2, hasTimeout: false },
    ]);
  });
}

function carryingFacts(setStage: SetStage): void {
  it("what a bridge claims counts as suspended, and goes back without a loss when it dies", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a");
    await carryNames(stage, "b1", "last");
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: "b1", suspended: "" });
    await stage.pool.reportDeath("b1", {}, 1);
    expect((await stage.dump()).requests[a]).toMatchObject({ owner: null, losses: 0 });
    expect(await claimNames(stage.pool, "w1")).toEqual(["a"]);
  });

  it("what is carried for others is what would be drawn last: lowest priority, then the caller who had most, from the end", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a", "b");
    await submitByClient(stage.pool, "c2", "c");
    const low = [{ id: idOf("d"), payload: payloadOf("d") }];
    await stage.pool.submit({ process: "c2", leaseMs: 0, queueLimit: 0, priority: -1, submissions: low });
    const re = [{ id: idOf("e"), payload: payloadOf("e") }];
    await stage.pool.submit({ process: "w1", leaseMs: 0, queueLimit: 0, isReentrant: true, submissions: re });
    expect(await carryNames(stage, "b1", "last", { max: 2 })).toEqual(["d", "c"]);
    expect(await carryNames(stage, "b1", "last")).toEqual(["b", "a", "e"]);
    expect((await stage.pool.inspect()).queued).toBe(0);
  });

  it("what is drawn last is found behind many callers whose queues were drained from that end", async () => {
    const stage = await setBridges(setStage);
    const names = Array.from({ length: 70 }, (_, index) => `n${index}`);
    for (const name of names) await submitByClient(stage.pool, `client-of-${name}`, name);
    expect((await carryNames(stage, "b1", "last", { max: 64 })).length).toBe(64);
    expect(await carryNames(stage, "b1", "shown", { max: 2 })).toHaveLength(2);
    expect(await carryNames(stage, "b1", "last")).toHaveLength(4);
    expect((await stage.dump()).turns).toEqual({ "0": 1 });
  });

  it("the head of the longest own queue comes after all that is on shared queues", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a");
    await submitByWorker(stage.pool, "w1", "b", "c");
    expect(await carryNames(stage, "b1", "last", { max: 2 })).toEqual(["a", "b"]);
    expect((await stage.dump()).ownQueues).toEqual({ w1: [c] });
  });

  it("half of what waits on shared queues stays, and half of an own queue, where only half is carried", async () => {
    const stage = await setBridges(setStage);
    for (const [index, name] of ["a", "b", "c"].entries()) await submitByClient(stage.pool, `c${index}`, name);
    await submitByWorker(stage.pool, "w1", "d", "e", "f", "g");
    expect(await carryNames(stage, "b1", "half")).toEqual(["c", "d", "e"]);
    expect(await carryNames(stage, "b1", "half")).toEqual(["b", "f"]);
    expect(await carryNames(stage, "b1", "half")).toEqual([]);
    expect(await claimNames(stage.pool, "w1")).toEqual(["g"]);
  });

  it("what is shown comes from callers' queues alone", async () => {
    const stage = await setBridges(setStage);
    await submitByClient(stage.pool, "c1", "a", "b");
    const submissions = [{ id: c, payload: payloadOf("c") }];
    await stage.pool.submit({ process: "w1", leaseMs: 0, queueLimit: 0, isReentrant: true, submissions });
    await submitByWorker(stage.pool, "w1", "d");
    expect(await carryNames(stage, "b1", "shown")).toEqual(["b", "a"]);
    expect(await carryNames(stage, "b1", "shown")).toEqual([]);
  });

  it("functions that stay are passed over, whatever lies behind them", async () => {
    const stage = await setBridges(setStage);
    const names = ["a", "b", "c"];
    const submissions = names.map((name) => ({
      id: idOf(name),
      payload: payloadOf(name, name === "b" ? "work" : "stays"),
    }));
    await stage.pool.join({
      ...{ id: "w1", kind: "worker", leaseMs: longLeaseMs, description: {} },
      functions: new Map([
        ["work", "v1"],
        ["stays", "v1"],
      ]),
    });
    await stage.pool.submit({ process: "c1", leaseMs: longLeaseMs, queueLimit: 0, submissions });
    expect(await carryNames(stage, "b1", "last", { skips: ["stays"] })).toEqual(["b"]);
    expect((await stage.dump()).callerQueues).toEqual({ "0:c1": [a, c] });
  });

  it.each(["next", "ahead", "last", "half", "shown"] as const)(
    "a bridge that carries %s leaves its own guests where they are",
    async (carry) => {
      const stage = await setBridges(setStage);
      await askAsGuests(stage, "b1", ["a", "b"]);
      expect(await carryNames(stage, "b1", carry, { volunteerFor: 1 })).toEqual([]);
      expect((await stage.dump()).callerQueues).toEqual({ "0:b1": [a, b] });
      expect(await carryNames(stage, "b2", "last")).toEqual(["b", "a"]);
    },
  );

  it("a guest that another bridge has given back goes home with the bridge that asked for it, when members idle there", async () => {
    const stage = await setBridges(setStage);
    await askAsGuests(stage, "b1", ["a"]);
    await carryNames(stage, "b2", "next");
    await stage.pool.release("b2", [a]);
    expect(await carryNames(stage, "b1", "ahead")).toEqual([]);
    expect(await carryNames(stage, "b1", "half")).toEqual([]);
    expect(await carryNames(stage, "b1", "next")).toEqual(["a"]);
    await stage.pool.release("b1", [a]);
    expect(await carryNames(stage, "b1", "last")).toEqual(["a"]);
  });

  it("volunteers that carry are served after all workers, and those that carry ahead after all others", async () => {
    const stage = await setBridges(setStage);
    await carryNames(stage, "b1", "ahead", { volunteerFor: 1, score: 9 });
    await carryNames(stage, "b2", "last", { volunteerFor: 1, score: 3 });
    await claimNames(stage.pool, "w1", { volunteerFor: 1 });
    expect((await stage.dump()).volunteers.map(({ carry }) => carry)).toEqual(["ahead", "last", null]);
    await submitByClient(stage.pool, "c1", "a", "b", "c");
    expect((await stage.dump()).running).toEqual({ w1: [a], b2: [b], b1: [c] });
    expect((await stage.dump()).requests[c]).toMatchObject({ suspended: "" });
  });

  it("a volunteer that carries what is drawn last is not given what it asked for itself, and gets what comes after", async () => {
    const stage = await setBridges(setStage);
    await carryNames(stage, "b1", "last", { volunteerFor: 5 });
    await askAsGuests(stage, "b1", ["a"]);
    await submitByClient(stage.pool, "c1", "b");
    expect((await stage.dump()).running).toEqual({ b1: [b] });
    expect((await stage.dump()).callerQueues).toEqual({ "0:b1": [a] });
  });
}

export function bridgingFacts(setStage: SetStage): void {
  guestFacts(setStage);
  joiningFacts(setStage);
  recallFacts(setStage);
  carryingFacts(setStage);
}
