/** What an inspection returns for a request that is done: only the kept result is left. */
import type { RequestState } from "./contract.ts";

export function doneRequest(id: string, stamp: string, leftMs: number): RequestState {
  return {
    id,
    payload: "",
    state: "done",
    owner: undefined,
    ownerLeaseLeftMs: undefined,
    claimedForMs: undefined,
    waiters: [],
    waitsFor: [],
    losses: 0,
    priority: 0,
    timeoutMs: 0,
    progress: undefined,
    resultStamp: stamp,
    resultLeftMs: leftMs,
  };
}
