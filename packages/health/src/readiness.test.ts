import type { MemberState, PoolState } from "@callgrid/statekeeper";
import { describe, expect, it } from "vitest";
import { latelyMs, membersAtWork, readiness } from "./readiness.ts";

function member(facts: Partial<MemberState> = {}): MemberState {
  return {
    ...{
      id: "w1",
      kind: "worker",
      description: {},
      functions: {},
      leaseLeftMs: 5_000,
      queued: 0,
      running: 0,
      isVolunteer: true,
    },
    ...facts,
  };
}

function pool(members: readonly MemberState[], head?: string): PoolState {
  const functions = { epoch: 1, functions: new Map() };
  return {
    pool: "pool",
    queued: 0,
    members,
    clients: 0,
    hosts: [],
    capacity: undefined,
    expected: [],
    head,
    functions,
    counters: {},
  };
}

const now = 1_000_000;
const lately = new Map([["w1", now - latelyMs]]);

describe("membersAtWork", () => {
  it.each([
    ["a volunteer", {}, ["w1"]],
    ["who runs something", { isVolunteer: false, running: 1 }, ["w1"]],
    ["no worker that does neither", { isVolunteer: false }, []],
    ["no worker whose lease has lapsed", { leaseLeftMs: 0 }, []],
    ["no distributor of a pool without a head", { kind: "distributor" }, []],
  ] as const)("are %s", (_, facts, expected) => {
    expect(membersAtWork(pool([member(facts)]))).toEqual(expected);
  });

  it("are a standby, too", () => {
    expect(membersAtWork(pool([member({ kind: "distributor", isVolunteer: false })], "another"))).toEqual(["w1"]);
  });
});

describe("readiness", () => {
  it.each([
    ["ready: it could work lately", { state: pool([member()]) }, true, []],
    ["not ready: Redis is silent", { state: undefined }, false, ["Redis does not answer"]],
    ["not ready: no worker has joined", { state: pool([]), nodes: [] }, false, ["no worker has joined yet"]],
    ["not ready: the pool has lost it", { state: pool([]) }, false, ["the pool does not know w1"]],
    [
      "not ready: no sign of life",
      { state: pool([member({ leaseLeftMs: -1 })]) },
      false,
      ["the lease of w1 has lapsed"],
    ],
    [
      "not ready: idle for long, and no volunteer",
      { state: pool([member({ isVolunteer: false })]), couldWorkAt: new Map([["w1", now - latelyMs - 1]]) },
      false,
      ["w1 neither works nor waits for work"],
    ],
    [
      "ready: one of two workers is enough, and the other is reported",
      { state: pool([member()]), nodes: ["w1", "w2"] },
      true,
      ["the pool does not know w2"],
    ],
  ] as const)("%s", (_, signs, isReady, reasons) => {
    expect(readiness({ nodes: ["w1"], couldWorkAt: lately, now, ...signs })).toEqual({ isReady, reasons });
  });
});
