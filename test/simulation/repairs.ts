/**
 * How far a pool has repaired what operations that stopped midway have left: a sweep audits some requests, and goes on where the last one
 * stopped. What was wrong before a round began is right when it is over.
 */
import type { PoolRecords } from "@callgrid/statekeeper";

/** The one that is under way, and two whole ones: a round may miss what is added meanwhile. */
const roundsDue = 3;

export class Repairs {
  #roundsLeft = 0;
  #roundBeganMs = Number.NEGATIVE_INFINITY;

  /** Whether anything may still be wrong. */
  get isUnderWay(): boolean {
    return this.#roundsLeft > 0;
  }

  noteStop(): void {
    this.#roundsLeft = roundsDue;
  }

  /** Called after each operation. */
  look({ auditBeganMs }: PoolRecords): void {
    if (auditBeganMs !== this.#roundBeganMs && this.#roundsLeft > 0) this.#roundsLeft -= 1;
    this.#roundBeganMs = auditBeganMs;
  }
}
