import type { Evaluation, EvaluationState } from "./evaluation/evaluation.ts";
import type { SlotLoop } from "./evaluation/slot-loop.ts";

/** One evaluation as its worker holds it. */
export interface HeldEvaluation {
  readonly payload: string;
  readonly state: EvaluationState;
  /** A worker has died while running it. */
  readonly isSuspect: boolean;
}

/** What a worker has in hand at one moment, for tests and simulations that check its invariants against it. */
export interface WorkerState {
  readonly slots: number;
  readonly freeSlots: number;
  /** How many evaluations have started since the worker did. */
  readonly started: number;
  /** It lets I/O have its turn, and goes on right after. */
  readonly isPausing: boolean;
  readonly evaluations: readonly HeldEvaluation[];
  /** Functions whose calls are settled and that wait for a slot; `startedBefore`: `started` when they began to. */
  readonly resumable: ReadonlyArray<HeldEvaluation & { readonly startedBefore: number }>;
}

/** `held`: all evaluations of the worker, each at least once. */
export function workerState(loop: SlotLoop, held: Iterable<Evaluation>): WorkerState {
  const { slots, isPausing, queue } = loop;
  return {
    ...{ slots: slots.count, freeSlots: slots.free, started: slots.started, isPausing },
    evaluations: [...new Set(held)].map(viewOf),
    resumable: [...queue.resumable()].map(({ caller, startedBefore }) => ({ ...viewOf(caller), startedBefore })),
  };
}

function viewOf({ payload, state, isSuspect }: Evaluation): HeldEvaluation {
  return { payload, state, isSuspect };
}
