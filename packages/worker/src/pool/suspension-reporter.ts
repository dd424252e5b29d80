/**
 * Reports to the statekeeper which claimed requests wait for others and which go on (a suspended one takes no loss when its worker
 * dies), and their progress. Only what lasts longer than a turn is reported.
 */
import type { WorkerPool } from "@callgrid/statekeeper";
import type { FunctionProgress } from "../evaluation/evaluated-slice.ts";
import type { Evaluation } from "../evaluation/evaluation.ts";
import { isSameList, visibleChildren } from "./visible-children.ts";

export class SuspensionReporter {
  readonly #keeper: WorkerPool;
  readonly #worker: string;
  readonly #onError: (error: unknown) => void;
  #changed = new Set<Evaluation>();
  readonly #progress = new Map<Evaluation, FunctionProgress>();
  #lastSent: Promise<void> = Promise.resolve();

  constructor(parts: { keeper: WorkerPool; worker: string; onError: (error: unknown) => void }) {
    this.#keeper = parts.keeper;
    this.#worker = parts.worker;
    this.#onError = parts.onError;
  }

  note(evaluation: Evaluation): void {
    this.#changed.add(evaluation);
  }

  /** The pool knows nothing of it but that it is claimed: what was reported before is reported again. */
  noteClaimedAgain(evaluation: Evaluation): void {
    evaluation.isMarkedSuspended = false;
    evaluation.reportedEdges = undefined;
    this.note(evaluation);
  }

  noteProgress(evaluation: Evaluation, progress: FunctionProgress): void {
    this.#progress.set(evaluation, progress);
  }

  /** Passes progress on; called now and then, not with every flush. */
  flushProgress(): void {
    const reported = [...this.#progress].filter(([{ isOwned, state }]) => isOwned && state !== "done");
    this.#progress.clear();
    if (reported.length === 0) return;
    const progress = reported.map(([{ id }, { done, total, slice }]) => ({
      ...{ id, done, total },
      ...(slice !== undefined && { slice: { index: slice.index, forMs: Math.round(slice.forMs) } }),
    }));
    this.#lastSent = this.#keeper.mark(this.#worker, [], [], progress).catch(this.#onError);
  }

  flush(): void {
    if (this.#changed.size === 0) return;
    const suspended: Array<{ id: string; waitsFor: readonly string[] }> = [];
    const resumed: string[] = [];
    for (const evaluation of this.#changed) {
      if (!evaluation.isOwned || evaluation.state === "done") continue;
      const isWaiting = evaluation.state === "suspended" && hasVisibleChild(evaluation);
      // of others it is hardly needed, and the cycle finder reports it when they wait for long
      const waitsFor = isWaiting && evaluation.isSuspect ? visibleChildren(evaluation) : undefined;
      const isNews = waitsFor !== undefined && !isSameList(waitsFor, evaluation.reportedEdges);
      if (isWaiting === evaluation.isMarkedSuspended && !isNews) continue;
      evaluation.isMarkedSuspended = isWaiting;
      evaluation.reportedEdges = waitsFor;
      if (isWaiting) suspended.push({ id: evaluation.id, waitsFor: waitsFor ?? [] });
      else resumed.push(evaluation.id);
    }
    this.#changed = new Set();
    if (suspended.length === 0 && resumed.length === 0) return;
    this.#lastSent = this.#keeper.mark(this.#worker, suspended, resumed).catch(this.#onError);
  }

  /** Resolves when everything sent has arrived. */
  settled(): Promise<void> {
    return this.#lastSent;
  }
}

function hasVisibleChild(evaluation: Evaluation): boolean {
  for (const calls of evaluation.openCalls ?? []) {
    for (const child of calls.children) if (child?.isVisible === true) return true;
  }
  return false;
}
