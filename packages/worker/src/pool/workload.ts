/** How the worker stands when it considers to claim, read off what it holds. */
import type { Evaluator } from "../evaluation/evaluator.ts";
import type { OwnWorkload } from "./claim-size.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";

/** See the head of this file. */
export function workloadOf(evaluator: Evaluator, { isOpenToRoots }: PoolEvaluations): OwnWorkload {
  const { freeSlots, runningMs, queue } = evaluator;
  const { hasWork, ready, stack, isQuarantined } = queue;
  return {
    ...{ freeSlots, hasWork, hasStacked: !stack.isEmpty, runningMs, readyMs: ready.expectedMs },
    ...{ isOpenToRoots, isQuarantined },
  };
}
