/**
 * Finds cycles among the evaluations of one worker: a call that joins an evaluation which, through its waiters, is waiting for
 * the caller. Only joining something started can close a cycle, so nothing else is looked at.
 */
import { errorTree } from "../errors/error-tree.ts";
import type { Evaluation } from "./evaluation.ts";

const longestWalk = 100_000;

/** The evaluations from `joined` down to `caller` if joining it would close a cycle; else undefined. */
export function cycleClosedBy(joined: Evaluation, caller: Evaluation): Evaluation[] | undefined {
  const wayDown = new Map<Evaluation, Evaluation | undefined>([[caller, undefined]]);
  const open = [caller];
  for (let next = open.pop(); next !== undefined && wayDown.size < longestWalk; next = open.pop()) {
    if (next === joined) return pathFrom(joined, wayDown);
    for (const { calls } of next.waiters) {
      if (wayDown.has(calls.caller)) continue;
      wayDown.set(calls.caller, next);
      open.push(calls.caller);
    }
  }
  return undefined;
}

function pathFrom(joined: Evaluation, wayDown: ReadonlyMap<Evaluation, Evaluation | undefined>): Evaluation[] {
  const path: Evaluation[] = [];
  for (let step: Evaluation | undefined = joined; step !== undefined; step = wayDown.get(step)) path.push(step);
  return path;
}

/** The error of a request that waits for itself; `payloads` in the order in which they wait for one another. */
export function cycleError(payloads: readonly string[]): ReturnType<typeof errorTree> {
  const first = payloads[0] ?? "";
  const shown = [...payloads, first].join(" → ");
  return errorTree("CYCLIC_REQUEST", `a request waits for itself: ${shown}`, first, { cycle: [...payloads] });
}
