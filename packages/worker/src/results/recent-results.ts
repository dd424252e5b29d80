/**
 * The latest results of this worker, by key: so that small calls which never leave it are still evaluated once. Bounded by
 * entries and bytes; the oldest goes first (two generations: when the young one is full, the old one is dropped). What is short
 * and hardly ever asked for again is kept as a sample only, see repeat-rate.ts.
 */

import type { CodeSet } from "../versions/code-set.ts";
import type { EvaluationResult } from "./evaluation-result.ts";
import { RepeatRate } from "./repeat-rate.ts";

/** What is known of a result besides its value. */
interface Keeping {
  readonly functionName: string;
  readonly until: number;
  readonly tookMs: number;
}

export class RecentResults {
  readonly #entriesPerGeneration: number;
  readonly #bytesPerGeneration: number;
  readonly #isCurrent: (code: CodeSet) => boolean;
  #young = new Map<string, EvaluationResult>();
  #old = new Map<string, EvaluationResult>();
  #youngBytes = 0;
  /** By function. */
  readonly #repeats = new Map<string, RepeatRate>();
  #lastFunction: string | undefined;
  #lastRepeats = new RepeatRate();
  /** How many were found here since the start, and how many were not. */
  hits = 0;
  misses = 0;

  constructor(parts: { entries: number; bytes: number; isCurrent: (code: CodeSet) => boolean }) {
    this.#entriesPerGeneration = Math.ceil(parts.entries / 2);
    this.#bytesPerGeneration = Math.ceil(parts.bytes / 2);
    this.#isCurrent = parts.isCurrent;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(
    key: string,
    { functionName, stamp, now }: { functionName: string; stamp: string; now: number },
  ): EvaluationResult | undefined {
    const kept = this.#young.get(key) ?? this.#old.get(key);
    const isHit = kept?.code !== undefined && kept.stamp === stamp && kept.until > now && this.#isCurrent(kept.code);
    this.#repeatsOf(functionName).noteLookUp(isHit);
    if (isHit) this.hits += 1;
    else this.misses += 1;
    return isHit ? kept : undefined;
  }

  /**
   * @param until - when it may be used no more, by the worker's clock, in ms.
   * @param tookMs - how long the next caller would have to wait without it.
   */
  put(key: string, settled: EvaluationResult, { functionName, until, tookMs }: Keeping): void {
    const bytes = 2 * key.length + settled.bytes;
    if (bytes > this.#bytesPerGeneration || this.#entriesPerGeneration === 0) return;
    if (!this.#repeatsOf(functionName).isWorthKeeping(tookMs)) return;
    settled.keep(until);
    this.#young.set(key, settled);
    this.#youngBytes += bytes;
    if (this.#young.size < this.#entriesPerGeneration && this.#youngBytes < this.#bytesPerGeneration) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
    this.#youngBytes = 0;
  }

  #repeatsOf(functionName: string): RepeatRate {
    if (functionName === this.#lastFunction) return this.#lastRepeats;
    const repeats = this.#repeats.get(functionName) ?? new RepeatRate();
    this.#repeats.set(functionName, repeats);
    this.#lastFunction = functionName;
    this.#lastRepeats = repeats;
    return repeats;
  }
}
