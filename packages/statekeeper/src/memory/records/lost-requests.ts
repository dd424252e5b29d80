/**
 * Which requests took a loss when a worker was retired. Should the worker turn out to be alive, it was the lease that was too
 * short and not the request that killed it, so the losses are taken back. Remembered for an hour. (scripts/lib/retire.lua)
 */
const keptMs = 3_600_000;

interface LostList {
  readonly ids: string[];
  readonly until: number;
}

export class LostRequests {
  /** The one that took a loss last is at the end, so what is too old is at the front. */
  readonly #lists = new Map<string, LostList>();

  add(worker: string, id: string, now: number): void {
    this.#removeOld(now);
    const ids = this.#lists.get(worker)?.ids ?? [];
    ids.push(id);
    this.#lists.delete(worker);
    this.#lists.set(worker, { ids, until: now + keptMs });
  }

  /** The requests that took a loss with the worker, which are forgotten thereby. */
  take(worker: string, now: number): readonly string[] {
    this.#removeOld(now);
    const ids = this.#lists.get(worker)?.ids ?? [];
    this.#lists.delete(worker);
    return ids;
  }

  *entries(now: number): IterableIterator<[string, readonly string[]]> {
    for (const [worker, { ids, until }] of this.#lists) if (now <= until) yield [worker, ids];
  }

  #removeOld(now: number): void {
    for (const [worker, { until }] of this.#lists) {
      if (now <= until) return;
      this.#lists.delete(worker);
    }
  }
}
