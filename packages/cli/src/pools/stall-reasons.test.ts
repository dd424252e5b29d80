import type { MemberState, PoolState } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { stallReasons } from "./stall-reasons.ts";

const busy: MemberState = {
  id: "wa",
  kind: "worker",
  description: {},
  functions: {},
  leaseLeftMs: 9_000,
  queued: 0,
  running: 1,
  isVolunteer: false,
};
const idle: MemberState = { ...busy, id: "wb", running: 0, isVolunteer: true };
const silent: MemberState = { ...busy, id: "wc", leaseLeftMs: -5_000 };
const distributor: MemberState = { ...busy, id: "d", kind: "distributor", running: 0 };

const functions = { epoch: 1, functions: new Map([["f", { version: "1", generation: 0 }]]) };
const empty: PoolState = {
  pool: "pool",
  queued: 0,
  members: [],
  clients: 0,
  hosts: [],
  capacity: undefined,
  expected: [],
  head: undefined,
  functions,
  counters: {},
};

it.each<[string, Partial<PoolState>, string[], RegExp[]]>([
  ["no worker has joined", {}, [], [/pool "pool" of grid "default" has no workers; start one/]],
  ["a distributor is not a worker", { members: [distributor], head: "d" }, [], [/has no workers/]],
  ["the workers are in another grid", {}, ["blue"], [/has no workers/, /exists in grid "blue"; is --grid right/]],
  ["the workers are in other grids", {}, ["blue", "red"], [/has no workers/, /exists in the grids "blue", "red"/]],
  [
    "the workers are in one of very many grids",
    {},
    Array.from({ length: 100 }, (_, i) => `g${i}`),
    [/has no workers/, /exists in the grids "g0", "g1", "g2" and 97 more; is --grid right/],
  ],
  ["the only worker is silent", { members: [silent], head: "d" }, [], [/lease of the only worker has lapsed, 5 s ago/]],
  [
    "all are silent, and no member reclaims",
    { members: [silent, silent] },
    [],
    [/all 2 workers/, /no distributor heads the pool/],
  ],
  [
    "one is silent, and no member reclaims",
    { members: [busy, silent] },
    [],
    [/work of 1 silent worker goes back later/],
  ],
  [
    "work waits while a worker is idle",
    { queued: 3, members: [busy, idle] },
    [],
    [/3 requests wait although 1 worker is idle/],
  ],
  [
    "a single request waits while a worker is idle",
    { queued: 1, members: [busy, idle] },
    [],
    [/^1 request waits although 1 worker is idle: it lacks .*, or has another version of them$/],
  ],
  ["work waits, and all are busy", { queued: 3, members: [busy] }, [], []],
  ["all is quiet", { members: [idle] }, ["blue"], []],
])("why nothing moves: %s", (_, state, otherGrids, expected) => {
  const reasons = stallReasons({ state: { ...empty, ...state }, grid: "default", otherGrids, poolsLike: [] });
  expect(reasons).toEqual(expected.map((words) => expect.stringMatching(words)));
});

it("a pool without workers whose name resembles that of another may be a slip", () => {
  const reasons = stallReasons({ state: empty, grid: "default", otherGrids: [], poolsLike: ["poll", "spool"] });
  expect(reasons).toEqual([expect.stringMatching(/has no workers; start one: .*; did you mean "poll" or "spool"\?$/)]);
});
