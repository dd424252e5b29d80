import type { CodeNote, MemberState, PoolState } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { driftReasons } from "./drift-reasons.ts";

function worker(id: string, functions: Readonly<Record<string, string>>): MemberState {
  return {
    ...{ id, kind: "worker", description: {}, functions, leaseLeftMs: 9_000 },
    ...{ queued: 0, running: 0, isVolunteer: true },
  };
}

function poolWith(current: Readonly<Record<string, string>>, members: readonly MemberState[]): PoolState {
  const functions = new Map(Object.entries(current).map(([name, version]) => [name, { version, generation: 0 }]));
  return {
    ...{ pool: "p", queued: 0, clients: 0, hosts: [], capacity: undefined, expected: [], head: undefined },
    ...{ functions: { epoch: 1, functions }, counters: {}, members },
  };
}

const noNotes: ReadonlyMap<string, CodeNote> = new Map();

const messagesOf = (
  current: Readonly<Record<string, string>>,
  members: readonly MemberState[],
  notes: ReadonlyMap<string, CodeNote> = noNotes,
) => driftReasons(poolWith(current, members), notes).map(({ message }) => message);

it("workers that agree are no drift, nor is one that lacks the function or has died", () => {
  const dead: MemberState = { ...worker("w3", { f: "1" }), leaseLeftMs: -1 };
  expect(messagesOf({ f: "2" }, [worker("w1", { f: "2" }), worker("w2", { g: "1" }), dead])).toEqual([]);
});

it("a worker of another version is named, with both versions and the files that differ", () => {
  const members = [worker("w1", { f: "1", g: "5" }), worker("w2", { f: "2", g: "5" }), worker("w3", { f: "2" })];
  const notes = new Map<string, CodeNote>([
    ["1", { files: { "f.mjs": "a", "k.mjs": "b", "old/m.mjs": "d" }, packages: ["lib@1.0.0", "other@1.0.0"] }],
    ["2", { files: { "f.mjs": "a", "k.mjs": "c", "new/m.mjs": "d" }, packages: ["lib@1.0.1", "other@1.0.0"] }],
  ]);
  expect(messagesOf({ f: "2", g: "5" }, members, notes)).toEqual([
    '1 worker has version 1 of "f", and receives no requests for it, since 2 workers have version 2, which is current: "w1"; files that differ: "k.mjs", "lib@1.0.0", "lib@1.0.1"',
  ]);
});

it("functions that one change concerns are named together", () => {
  const members = [
    worker("w1", { f: "1", g: "1" }),
    worker("w2", { f: "1", g: "1" }),
    worker("w3", { f: "2", g: "2" }),
  ];
  expect(messagesOf({ f: "2", g: "2" }, members)).toEqual([
    '2 workers have other versions of "f", "g", and receive no requests for them, since 1 worker has others, which are current: "w1", "w2"',
  ]);
});
