/**
 * What this worker came to lately, by key: so that small calls which never leave it are still evaluated once. Bounded by
 * entries and bytes; the oldest goes first (two generations: when the young one is full, the old one is dropped).
 */
import type { Settled } from "./settled.ts";

export class RecentResults {
  readonly #entriesPerGeneration: number;
  readonly #bytesPerGeneration: number;
  #young = new Map<string, Settled>();
  #old = new Map<string, Settled>();
  #youngBytes = 0;
  /** How many were found here since the start, and how many were not. */
  hits = 0;
  misses = 0;

  constructor(limits: { entries: number; bytes: number }) {
    this.#entriesPerGeneration = Math.ceil(limits.entries / 2);
    this.#bytesPerGeneration = Math.ceil(limits.bytes / 2);
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  get(key: string, stamp: string, now: number): Settled | undefined {
    const kept = this.#young.get(key) ?? this.#old.get(key);
    if (kept === undefined || kept.stamp !== stamp || kept.until <= now) {
      this.misses += 1;
      return undefined;
    }
    this.hits += 1;
    return kept;
  }

  /** @param until - when it may be used no more, by the worker's clock, in ms. */
  put(key: string, settled: Settled, { stamp, until }: { stamp: string; until: number }): void {
    const bytes = 2 * key.length + settled.bytes;
    if (bytes > this.#bytesPerGeneration || this.#entriesPerGeneration === 0) return;
    settled.keep(stamp, until);
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
}
