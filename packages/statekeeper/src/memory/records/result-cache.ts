/**
 * Results that are kept for a while, with the stamp of the function that made them. Nothing but their time removes them:
 * other than on Redis, where memory pressure evicts results, a process has to be large enough for what it keeps.
 */
import type { OutcomeText } from "@callgrid/core";
import { LapseHeap } from "../queues/lapse-heap.ts";

/** A result as it is kept. */
export interface KeptResult {
  readonly outcome: OutcomeText;
  /** Which code made it, see contract/stamp.ts. */
  readonly stamp: string;
}

/** How many lapsed results a store removes: more than it adds, so that they cannot pile up. */
const removedPerStore = 4;

export class ResultCache {
  readonly #results = new Map<string, KeptResult>();
  readonly #lapses = new LapseHeap();

  get(id: string, now: number): KeptResult | undefined {
    const result = this.#results.get(id);
    if (result === undefined || !this.#isLapsed(id, now)) return result;
    this.delete(id);
    return undefined;
  }

  /** For how long a result is still kept; 0 if there is none. */
  leftMs(id: string, now: number): number {
    return (this.#lapses.lapsesAt(id) ?? now) - now;
  }

  /** Replaces an earlier result. */
  store(id: string, result: KeptResult, times: { readonly now: number; readonly ttlMs: number }): void {
    for (const lapsed of this.#lapses.lapsed(times.now - 1, removedPerStore)) this.delete(lapsed);
    this.#results.set(id, result);
    this.#lapses.set(id, times.now + times.ttlMs);
  }

  delete(id: string): void {
    this.#results.delete(id);
    this.#lapses.delete(id);
  }

  /** Those that have not lapsed. */
  *entries(now: number): IterableIterator<readonly [string, KeptResult]> {
    for (const entry of this.#results) if (!this.#isLapsed(entry[0], now)) yield entry;
  }

  /** As Redis has it, a result is still there at the very ms of its end. */
  #isLapsed(id: string, now: number): boolean {
    const at = this.#lapses.lapsesAt(id);
    return at !== undefined && now > at;
  }
}
