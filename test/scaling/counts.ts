/** What has changed in a pool between two looks at it. */
import type { PoolRecords } from "@callgrid/statekeeper";
import type { Tally } from "./tally.ts";

/** What an operation adds to the counters of its pool. Each is written once at the end of a script. */
export class Counts {
  /** How many ids waited in the pool's queue and those of callers, and of these in callers'. */
  readonly waiting: number;
  readonly callersWaiting: number;
  readonly #records: PoolRecords;
  readonly #counters: ReadonlyMap<string, number>;
  readonly #before: Map<string, number>;

  constructor(records: PoolRecords) {
    this.waiting = records.waiting;
    this.callersWaiting = records.callers.length;
    this.#records = records;
    this.#counters = records.counters;
    this.#before = countersBefore(records);
  }

  since(counter: string): number {
    return (this.#counters.get(counter) ?? 0) - (this.#before.get(counter) ?? 0);
  }

  enterCounters(tally: Tally, least: number): void {
    let changed = 0;
    for (const [name, count] of this.#counters) {
      if (count === this.#before.get(name)) continue;
      this.#before.set(name, count);
      changed += 1;
    }
    tally.touch("stats", Math.max(least, changed));
    if (this.#records.waiting !== this.waiting) tally.touch("waiting");
  }
}

/** Of each pool, the counters as they were when they were looked at last: copying them for each operation takes too long. */
const countersSeen = new WeakMap<PoolRecords, Map<string, number>>();

function countersBefore(records: PoolRecords): Map<string, number> {
  const seen = countersSeen.get(records) ?? new Map<string, number>();
  countersSeen.set(records, seen);
  for (const [name, count] of records.counters) if (seen.get(name) !== count) seen.set(name, count);
  return seen;
}
