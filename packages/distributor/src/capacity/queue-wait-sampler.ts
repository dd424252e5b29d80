/**
 * Finds out how long requests wait, without a time on any of them: some that wait are remembered, with the time at which they
 * were first seen to, until they wait no longer. So a reported wait may be too short by the time between two looks, and is never too long.
 */
export class QueueWaitSampler {
  readonly #most: number;
  /** In the order of their times. */
  readonly #sinceMs = new Map<string, number>();

  /** @param most - so many are remembered; while they all wait, no others are. */
  constructor(most: number) {
    this.#most = most;
  }

  get ids(): readonly string[] {
    return [...this.#sinceMs.keys()];
  }

  /** These wait now. */
  note(ids: readonly string[], nowMs: number): void {
    for (const id of ids) {
      if (this.#sinceMs.size >= this.#most) return;
      if (!this.#sinceMs.has(id)) this.#sinceMs.set(id, nowMs);
    }
  }

  /** These of the remembered ones wait no longer. */
  drop(ids: readonly string[]): void {
    for (const id of ids) this.#sinceMs.delete(id);
  }

  /** How long the one that waits longest does so, in ms; 0 if none is remembered. */
  oldestWaitMs(nowMs: number): number {
    const [oldest] = this.#sinceMs.values();
    return oldest === undefined ? 0 : nowMs - oldest;
  }
}
