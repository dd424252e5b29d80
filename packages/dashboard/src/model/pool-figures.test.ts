import type { MemberState, PoolState } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { poolDocument } from "./pool-figures.ts";

const worker: MemberState = {
  ...{ id: "w", kind: "worker", description: { slots: 2 }, functions: {}, leaseLeftMs: 9_000 },
  ...{ queued: 6, running: 2, isVolunteer: false },
};

const state: PoolState = {
  ...{ pool: "pool", queued: 4, members: [worker], clients: 0, hosts: [], capacity: undefined, expected: [] },
  head: undefined,
  functions: { epoch: 1, functions: new Map([["f", { version: "1", generation: 0, selfMicros: 100_000 }]]) },
  counters: { "evaluated:f": 10 },
};

function backlogMs(changes: Partial<PoolState>): number | undefined {
  return poolDocument({ atMs: 0, state: { ...state, ...changes } }, undefined, []).figures.backlogMs;
}

it("the backlog has the requests of the pool's queue and of the workers' own", () => {
  expect(backlogMs({})).toBe(500);
  expect(backlogMs({ queued: 0 })).toBe(300);
  expect(backlogMs({ queued: 0, members: [{ ...worker, queued: 0 }] })).toBe(0);
});
