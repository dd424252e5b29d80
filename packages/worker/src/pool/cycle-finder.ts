/**
 * Finds cycles that go through several workers: a request that waits for long reports what it waits for to the statekeeper, and checks whether
 * the way leads back. Cycles within one worker are found at once, in local-cycles.ts.
 */
import { type Clock, decodeRequest, encodeRequest, shownRequest } from "@callgrid/core";
import { cycleThrough, type ObservedPool, type WorkerPool } from "@callgrid/statekeeper";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Evaluator } from "../evaluation/evaluator.ts";
import { cycleError } from "../evaluation/local-cycles.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";
import { isSameList, visibleChildren } from "./visible-children.ts";

/** What is waited for longer than this may be part of a cycle, in ms. */
const longWaitMs = 300;
/** The longest time between two looks at the same request, in ms. */
const longestPauseMs = 10_000;
/** Few, so that a script follows some thousands of requests at most; the others are due at the next look. */
const mostPerLook = 8;
const mostCallers = 1_000;
/** How many requests are followed from each of those looked at. */
const longestSearch = 1_000;

export class CycleFinder {
  readonly #keeper: WorkerPool & ObservedPool;
  readonly #worker: string;
  readonly #clock: Clock;
  readonly #visible: PoolEvaluations;
  readonly #evaluator: Evaluator;

  constructor(parts: {
    keeper: WorkerPool & ObservedPool;
    worker: string;
    clock: Clock;
    visible: PoolEvaluations;
    evaluator: Evaluator;
  }) {
    this.#keeper = parts.keeper;
    this.#worker = parts.worker;
    this.#clock = parts.clock;
    this.#visible = parts.visible;
    this.#evaluator = parts.evaluator;
  }

  /** One look at some of what this worker has waited for; a cycle through others must pass through one of these. */
  async look(): Promise<void> {
    const awaited = this.#longAwaited();
    if (awaited.length === 0) return;
    await this.#tellEdges(awaited);
    const waits = await this.#keeper.followWaits(
      awaited.map(({ id }) => id),
      longestSearch * awaited.length,
    );
    for (const evaluation of awaited) await this.#breakCycle(evaluation, cycleThrough(evaluation.id, waits));
  }

  /**
   * Who closes a cycle finds it at the first look, when the others have reported what they wait for. Later looks are for what got lost
   * meanwhile, and become rare: each request is looked at again when it has waited twice as long.
   */
  #longAwaited(): Evaluation[] {
    const now = this.#clock.now();
    const awaited: Evaluation[] = [];
    for (const evaluation of this.#visible.values()) {
      const waitedMs = now - evaluation.bornAt;
      if (evaluation.state !== "asked" || waitedMs < longWaitMs || now < evaluation.lookAt) continue;
      evaluation.lookAt = now + Math.min(waitedMs, longestPauseMs);
      awaited.push(evaluation);
      if (awaited.length === mostPerLook) break;
    }
    return awaited;
  }

  /** Whom the callers wait for changes without their knowing: by calls of their children that no other worker sees. */
  async #tellEdges(awaited: readonly Evaluation[]): Promise<void> {
    const told: Array<{ id: string; waitsFor: readonly string[] }> = [];
    const callers = callersOf(awaited).filter(({ isOwned, state }) => isOwned && state === "suspended");
    for (const caller of callers) {
      const waitsFor = visibleChildren(caller);
      if (isSameList(waitsFor, caller.reportedEdges)) continue;
      caller.reportedEdges = waitsFor;
      caller.isMarkedSuspended = true;
      told.push({ id: caller.id, waitsFor });
    }
    if (told.length === 0) return;
    try {
      await this.#keeper.mark(this.#worker, told, []);
    } catch (error) {
      for (const caller of callers) caller.reportedEdges = undefined;
      throw error;
    }
  }

  async #breakCycle(evaluation: Evaluation, ids: readonly string[]): Promise<void> {
    if (ids.length === 0 || evaluation.state !== "asked") return;
    const payloads = await Promise.all(ids.map(async (id) => (await this.#keeper.inspectRequest(id))?.payload ?? id));
    const error = cycleError(payloads.map(readable));
    this.#evaluator.settleExternally(
      evaluation,
      EvaluationResult.ofError({ ...error, req: shownRequest(evaluation.payload) }),
    );
  }
}

/** Everything in this worker that waits, straight or through others, for one of these. */
function callersOf(awaited: readonly Evaluation[]): Evaluation[] {
  const callers = new Set<Evaluation>();
  const open = [...awaited];
  for (let next = open.pop(); next !== undefined && callers.size < mostCallers; next = open.pop()) {
    for (const { calls } of next.waiters) {
      if (callers.has(calls.caller)) continue;
      callers.add(calls.caller);
      open.push(calls.caller);
    }
  }
  return [...callers];
}

function readable(payload: string): string {
  return payload.startsWith("{") ? encodeRequest(decodeRequest(payload)).canonical : payload;
}
