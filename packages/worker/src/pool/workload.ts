/** How the worker stands when it considers to claim, read off what it holds. */
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { OwnWorkload } from "./claim-size.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";

/** See the head of this file. */
export function workloadOf(loop: SlotLoop, { isOpenToRoots }: PoolEvaluations): OwnWorkload {
  const { hasWork, ready, stack, isQuarantined } = loop.queue;
  const { runningMs } = loop;
  return {
    ...{ freeSlots: loop.slots.free, hasWork, hasStacked: !stack.isEmpty, runningMs, readyMs: ready.expectedMs },
    ...{ isOpenToRoots, isQuarantined },
  };
}
