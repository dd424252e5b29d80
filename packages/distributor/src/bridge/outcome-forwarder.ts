/**
 * Carries outcomes from the pool that evaluated them into the one that holds the claims. A value is kept there for as long as it
 * will still be kept where it was made; if that cannot be found out soon, it is handed in all the same, and not kept.
 */
import { type Clock, functionNameOf, isErrorText, type OutcomeText, within } from "@callgrid/core";
import type { Completion, FunctionTable, ObservedPool, WorkerPool } from "@callgrid/statekeeper";
import { stampIn } from "./function-tables.ts";

const patienceMs = 1_000;

/** Between which pools, and as which member of the second one. */
export interface HandInParts {
  readonly from: ObservedPool;
  readonly to: WorkerPool;
  /** Who holds the claims in `to`. */
  readonly worker: string;
  readonly tableOfTo: () => FunctionTable;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export class OutcomeForwarder {
  readonly #parts: HandInParts;
  readonly #open = new Set<string>();
  #waiting: Completion[] = [];
  #isScheduled = false;

  constructor(parts: HandInParts) {
    this.#parts = parts;
  }

  /** Ids whose outcomes are on their way. */
  get ids(): readonly string[] {
    return [...this.#open];
  }

  add(request: { readonly id: string; readonly payload: string }, outcome: OutcomeText): void {
    this.#open.add(request.id);
    void this.#prepare(request, outcome);
  }

  async #prepare(request: { readonly id: string; readonly payload: string }, outcome: OutcomeText): Promise<void> {
    const kept = isErrorText(outcome) ? undefined : await this.#kept(request);
    this.#waiting.push({ id: request.id, outcome, ttlMs: kept?.ttlMs ?? 0, stamp: kept?.stamp ?? "" });
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#parts.clock.turn(() => void this.#flush());
  }

  /** How to keep the value, if it is kept where it was made. */
  async #kept({ id, payload }: { readonly id: string; readonly payload: string }) {
    const { from, clock, tableOfTo } = this.#parts;
    const asking = from.inspectRequest(id).catch(() => undefined);
    const state = await within(clock, patienceMs, asking);
    const ttlMs = state?.resultLeftMs ?? 0;
    if (state?.resultStamp === undefined || ttlMs <= 0) return undefined;
    const stamp = stampIn(tableOfTo(), functionNameOf(payload), state.resultStamp);
    return stamp === undefined ? undefined : { ttlMs, stamp };
  }

  /** What cannot be handed in is given to this member again when it reconciles. */
  async #flush(): Promise<void> {
    const completions = this.#waiting;
    this.#waiting = [];
    this.#isScheduled = false;
    const { to, worker, onError } = this.#parts;
    await to.complete(worker, completions, []).catch(onError);
    for (const { id } of completions) this.#open.delete(id);
  }
}
