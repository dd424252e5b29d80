/**
 * The calls that one `callReentrant` or `streamReentrant` waits for: collects their outcomes, in order, and has the caller go
 * on. Every nested call makes one, so it is a class and not a handful of closures.
 */
import { type ErrorTree, limitTree, type Outcome, RequestError, requestFailed, shownRequest } from "@callgrid/core";
import type { EvaluationResult } from "../results/evaluation-result.ts";
import type { Evaluation } from "./evaluation.ts";

export abstract class ReentrantCalls {
  readonly caller: Evaluation;
  /** What each call waits for; a place is empty once that is settled. */
  readonly children: Array<Evaluation | undefined>;
  readonly settled: Array<EvaluationResult | undefined>;
  remaining: number;
  /** How many evaluations had started in this worker when the caller could go on and lacked a slot. */
  startedBefore = 0;
  /** Since when the caller could go on and lacked a slot, in ms; only of what is measured. */
  resumableSince: number | undefined;

  constructor(caller: Evaluation, count: number) {
    this.caller = caller;
    this.children = new Array<Evaluation | undefined>(count);
    this.settled = new Array<EvaluationResult | undefined>(count);
    this.remaining = count;
  }

  /** The caller has a slot, and goes on. */
  abstract resume(): void;

  /** One of them has just settled. */
  protected abstract onSettled(index: number): void;

  settle(index: number, settled: EvaluationResult): void {
    if (this.settled[index] !== undefined) return;
    this.settled[index] = settled;
    this.children[index] = undefined;
    this.remaining -= 1;
    this.caller.addCode(settled.code);
    this.onSettled(index);
  }

  /** The values in order; throws the error that lists every failed call. */
  values(): unknown[] {
    let failed: Record<string, ErrorTree> | undefined;
    for (const settled of this.settled) {
      if (settled?.tree === undefined) continue;
      failed ??= {};
      failed[settled.tree.req] = settled.tree;
    }
    if (failed !== undefined) throw failedCalls(this.caller.payload, failed);
    return this.settled.map((settled) => settled?.value);
  }

  /** The outcome of one call. It is kept no longer: a stream may go on for a million calls. */
  takeOutcome(index: number): Outcome {
    const settled = this.settled[index];
    this.settled[index] = undefined;
    if (settled?.tree !== undefined) return { error: new RequestError(settled.tree) };
    return { value: settled?.value };
  }
}

/** What `callReentrant` rejects with: the error that the caller's own outcome will be, unless the function handles it. */
function failedCalls(callerPayload: string, info: Record<string, ErrorTree>): RequestError {
  const req = shownRequest(callerPayload);
  return new RequestError(limitTree({ msg: requestFailed(req), code: "FUNCTION_FAILED", req, info }));
}
