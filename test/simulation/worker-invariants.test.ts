/** Each invariant of a worker finds the state that breaks it, and nothing in one that does not. */
import type { HeldEvaluation, WorkerState } from "@callgrid/worker";
import { expect, it } from "vitest";
import { mistakeInWorker } from "./worker-invariants.ts";

const idle: WorkerState = { slots: 2, freeSlots: 2, started: 0, isPausing: false, evaluations: [], resumable: [] };

function held(name: string, state: HeldEvaluation["state"], isSuspect = false): HeldEvaluation {
  return { payload: name, state, isSuspect };
}

it.each<[what: string, state: Partial<WorkerState>]>([
  ["a worker that is idle", {}],
  ["a worker that waits for the pool", { evaluations: [held("a", "suspended"), held("b", "asked")] }],
  [
    "a worker that is full",
    { freeSlots: 0, evaluations: [held("a", "running"), held("b", "running"), held("c", "ready")] },
  ],
  ["a worker whose I/O has its turn", { isPausing: true, evaluations: [held("a", "stacked")] }],
  ["a suspect that runs alone", { freeSlots: 1, evaluations: [held("a", "running", true), held("b", "ready")] }],
  [
    "a suspect that waits for another to end",
    { freeSlots: 1, evaluations: [held("a", "running"), held("b", "ready", true), held("c", "ready")] },
  ],
  [
    "a function that waits for a slot since the last start",
    {
      ...{
        freeSlots: 0,
        started: 2,
        evaluations: [held("a", "running"), held("b", "running"), held("c", "suspended")],
      },
      resumable: [{ ...held("c", "suspended"), startedBefore: 2 }],
    },
  ],
])("%s is as it should be", (_what, state) => {
  expect(mistakeInWorker({ ...idle, ...state })).toBeUndefined();
});

it.each<[state: Partial<WorkerState>, mistake: string]>([
  [{ freeSlots: 1 }, "0 functions run, and 1 of 2 slots are free"],
  [{ freeSlots: 3 }, "0 functions run, and 3 of 2 slots are free"],
  [{ evaluations: [held("a", "running")] }, "1 functions run, and 2 of 2 slots are free"],
  [
    { freeSlots: 0, evaluations: [held("a", "running", true), held("b", "running")] },
    "the suspect a runs with 1 others",
  ],
  [
    {
      ...{ freeSlots: 1, started: 7, evaluations: [held("a", "running"), held("b", "suspended", true)] },
      resumable: [{ ...held("b", "suspended", true), startedBefore: 5 }],
    },
    "b could go on, and 2 evaluations were started before it",
  ],
  [{ evaluations: [held("a", "ready")] }, "a waits for a slot, and 2 of 2 are free"],
  [{ evaluations: [held("a", "stacked")] }, "a waits for a slot, and 2 of 2 are free"],
  [
    { evaluations: [held("a", "suspended")], resumable: [{ ...held("a", "suspended"), startedBefore: 0 }] },
    "a waits for a slot, and 2 of 2 are free",
  ],
  [{ evaluations: [held("a", "ready", true)] }, "a waits for a slot, and 2 of 2 are free"],
])("of %j it says: %s", (state, mistake) => {
  expect(mistakeInWorker({ ...idle, ...state })).toBe(mistake);
});
