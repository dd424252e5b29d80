import type { Claim, PendingCall } from "@callgrid/statekeeper";
import { expect, it } from "vitest";
import { Cargo } from "./cargo.ts";

const ask = {} as PendingCall;

function carried(id: string, { carriedAtMs = 0, ahead = 1 } = {}) {
  const claim: Claim = { id, payload: `["work","${id}"]`, mode: "use", timeoutMs: 0, losses: 0, priority: 0 };
  return { claim, ask, carriedAtMs, ahead };
}

it("reports what no worker has started, and how many should be ahead of the rest", () => {
  const cargo = new Cargo();
  for (const id of ["a", "b", "c"]) cargo.add(carried(id, { ahead: 0.4 }));
  expect([cargo.unstarted, cargo.aheadOfStarted]).toEqual([3, 0]);
  cargo.noteStarted("a");
  cargo.noteStarted("b");
  cargo.noteStarted("b");
  cargo.noteStarted("strange");
  expect([cargo.unstarted, cargo.aheadOfStarted]).toEqual([1, 1]);
  cargo.remove("a");
  cargo.remove("c");
  expect([cargo.unstarted, cargo.aheadOfStarted, cargo.ids]).toEqual([0, 1, ["b"]]);
  cargo.remove("b");
  expect([cargo.unstarted, cargo.aheadOfStarted, cargo.remove("b")]).toEqual([0, 0, undefined]);
});

it("reports what has been unstarted for a while", () => {
  const cargo = new Cargo();
  for (const [index, id] of ["a", "b", "c"].entries()) cargo.add(carried(id, { carriedAtMs: index * 100 }));
  cargo.noteStarted("a");
  expect(cargo.unstartedSince(150).map(({ id }) => id)).toEqual(["b"]);
});
