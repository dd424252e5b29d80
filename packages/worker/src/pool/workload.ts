import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { OwnWorkload } from "./claim-size.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";

/** The load of the worker when it considers a claim, from what it holds. */
export function workloadOf(loop: SlotLoop, visible: PoolEvaluations): OwnWorkload {
  const { queue } = loop;
  return {
    freeSlots: loop.slots.free,
    hasWork: queue.hasWork,
    hasStacked: !queue.stack.isEmpty,
    runningMs: loop.runningMs,
    readyMs: queue.ready.expectedMs,
    isOpenToRoots: visible.isOpenToRoots,
    isQuarantined: queue.isQuarantined,
  };
}
