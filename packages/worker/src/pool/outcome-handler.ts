/**
 * What follows when an evaluation settles or is wanted no more: its outcome is remembered, handed in where the pool waits for it,
 * and what the pool need not know any longer is forgotten.
 */
import type { OutcomeText, RebuiltMap } from "@callgrid/core";
import { isUnchanged, ownPart, type Requester } from "@callgrid/statekeeper";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { Evaluator } from "../evaluation/evaluator.ts";
import type { WorkerMeter } from "../evaluation/worker-meter.ts";
import type { FunctionStanding } from "../functions/function-registry.ts";
import { EvaluationResult } from "../results/evaluation-result.ts";
import type { RecentResults } from "../results/recent-results.ts";
import { handingIn } from "../timing/tuning.ts";
import type { Completer } from "./completer.ts";
import type { PoolEvaluations } from "./pool-evaluations.ts";
import type { Verifier } from "./verifier.ts";

/** What settling works with. */
export interface OutcomeHandlerParts {
  readonly standing: FunctionStanding;
  readonly recent: RecentResults;
  readonly inFlight: RebuiltMap<string, Evaluation>;
  readonly visible: PoolEvaluations;
  readonly evaluator: Evaluator;
  readonly completer: Completer;
  readonly requester: Requester;
  readonly verifier: Verifier;
  readonly meter: WorkerMeter | undefined;
  /** The bound on what is owned may let roots in again. */
  readonly onOpened: () => void;
}

export class OutcomeHandler {
  readonly #parts: OutcomeHandlerParts;

  constructor(parts: OutcomeHandlerParts) {
    this.#parts = parts;
  }

  /** An evaluation has settled at `now`, here or elsewhere. */
  note(evaluation: Evaluation, now: number): void {
    // what was read of a file that changed meanwhile belongs to neither content
    if (evaluation.files?.every(isUnchanged) === false) evaluation.ttlLimitMs = 0;
    const { settled, mode, ttlMs, isOwned, isCopy, ask } = evaluation;
    this.#leaveFlight(evaluation);
    if (settled === undefined) return;
    const isKeepable = this.#parts.standing.isKeepable(settled.code);
    const isKept = !settled.isError && ttlMs > 0 && mode !== "bypass" && isKeepable;
    if (isKept && evaluation.stamp !== "") this.#parts.verifier.consider(evaluation, settled);
    if (isKept && settled.code?.hasFiles !== true) this.#remember(evaluation, settled, now);
    const isOurs = isOwned || isCopy;
    if (isOurs) this.#measure(evaluation, settled, now);
    if (isOurs || (isKept && ask === undefined && isDear(evaluation, now)))
      this.#complete(evaluation, settled, { isKept, now });
    this.forget(evaluation);
    if (ask === undefined) return;
    // the pool notifies all others; a request that it does not know has no waiters any more
    if (isOurs) this.#receive(evaluation, settled);
    else ask.withdraw();
  }

  /** An outcome came from the pool, which knows it already. */
  takeOutcome(evaluation: Evaluation, outcome: OutcomeText, stamp: string): void {
    if (evaluation.isDone) return;
    this.forget(evaluation);
    const { standing, evaluator } = this.#parts;
    const result = EvaluationResult.ofText(outcome);
    result.noteMaker(standing.sets.read(evaluation.functionName, stamp), ownPart(stamp));
    evaluator.settleExternally(evaluation, result);
  }

  /** No caller in this worker waits for it any more. */
  dropUnwanted(child: Evaluation): void {
    if (child.isDone) return;
    child.ask?.withdraw();
    // others may wait in the pool for what it holds as running here; if none does, it replies with a cancellation
    if (child.isOwned) child.ask = undefined;
    else this.#drop(child);
  }

  /** No caller in the pool waits for these any more, or other workers have finished them. */
  cancel(ids: readonly string[]): void {
    for (const id of ids) {
      const evaluation = this.#parts.visible.get(id);
      if (evaluation === undefined || !evaluation.isOwned || evaluation.isDone) continue;
      if (evaluation.waiters.length === 0) this.#drop(evaluation);
      // calls of this worker joined it: it goes on for those alone
      else if (evaluation.ask === undefined) this.forget(evaluation);
    }
  }

  /** Gives up what this worker has not started, and has claimed or was given a copy of. */
  putDown(evaluation: Evaluation): void {
    if (evaluation.waiters.length === 0) {
      evaluation.ask?.withdraw();
      this.#drop(evaluation);
    } else this.forget(evaluation);
  }

  /** It is the pool's business no longer. */
  forget(evaluation: Evaluation): void {
    const { visible, onOpened } = this.#parts;
    const wasOpen = visible.isOpenToRoots;
    visible.forget(evaluation);
    if (!wasOpen && visible.isOpenToRoots) onOpened();
  }

  #receive({ id, functionName }: Evaluation, settled: EvaluationResult): void {
    const stamp = settled.fullStamp(functionName);
    this.#parts.requester.receive({ kind: "outcome", id, outcome: settled.text, stamp });
  }

  #drop(evaluation: Evaluation): void {
    this.#leaveFlight(evaluation);
    this.forget(evaluation);
    this.#parts.evaluator.abandon([evaluation], "no caller waits for it any more");
  }

  #leaveFlight(evaluation: Evaluation): void {
    const { inFlight } = this.#parts;
    if (inFlight.get(evaluation.key) === evaluation) inFlight.delete(evaluation.key);
  }

  #measure({ functionName, stamp, startedAt }: Evaluation, settled: EvaluationResult, now: number): void {
    if (stamp !== "") this.#parts.meter?.evaluated(functionName, now - startedAt, settled.tree?.code);
  }

  #complete(
    evaluation: Evaluation,
    settled: EvaluationResult,
    { isKept, now }: { isKept: boolean; now: number },
  ): void {
    const { id, functionName } = evaluation;
    const ttlMs = isKept ? evaluation.ttlMs : 0;
    const stamp = settled.fullStamp(functionName);
    this.#parts.completer.add({ id, outcome: settled.text, ttlMs, stamp }, now);
  }

  #remember(evaluation: Evaluation, settled: EvaluationResult, now: number): void {
    const { definition, key, startedAt } = evaluation;
    if (definition === undefined) return;
    const isOurs = evaluation.stamp !== "";
    const tookMs = isOurs ? now - startedAt : Number.POSITIVE_INFINITY;
    // the definition's name: the claim's is a substring that keeps the whole payload alive
    const functionName = definition.name;
    this.#parts.recent.put(key, settled, { functionName, until: now + evaluation.ttlMs, tookMs });
  }
}

function isDear({ stamp, startedAt }: Evaluation, now: number): boolean {
  return stamp !== "" && now - startedAt >= handingIn.dearMs;
}
