/**
 * What becomes of outcomes that a pool refused, since some code in them is not current there: they are evaluated again, or delivered. Where two
 * pools go on to differ, a request comes back at most once: only a worker of the pool itself can do it otherwise.
 */
import type { Clock, Logger } from "@callgrid/core";
import { type FunctionTable, isOwnWorker, type ObservedPool } from "@callgrid/statekeeper";
import { differences, stampWithout } from "./function-tables.ts";

/** For so long what the workers of the pool have is not read again, in ms. */
const workersForMs = 1_000;
/** Ids that are remembered at most. */
const mostReturned = 10_000;

/** An outcome that was made in another pool. */
export interface Refused {
  readonly id: string;
  readonly functionName: string;
  readonly stamp: string;
}

/** What {@link RefusedOutcomes} works with: pools as for an OutcomeForwarder. */
export interface RefusedOutcomesParts {
  readonly from: ObservedPool;
  readonly to: ObservedPool;
  readonly tableOfFrom: () => FunctionTable;
  readonly tableOfTo: () => FunctionTable;
  /** Requests of this function are to be evaluated in `to` for a while. */
  readonly avoid: (functionName: string) => void;
  readonly clock: Clock;
  readonly log: Pick<Logger, "warn">;
}

export class RefusedOutcomes {
  readonly #parts: RefusedOutcomesParts;
  /** Requests that went back since the pools differed. */
  readonly #returned = new Set<string>();
  readonly #warnedOf = new Set<string>();
  #held = { atMs: Number.NEGATIVE_INFINITY, names: new Set<string>() };

  constructor(parts: RefusedOutcomesParts) {
    this.#parts = parts;
  }

  /**
   * The stamps, by id, with which outcomes are to be handed in nevertheless, and not kept; the others go back. Both tables have been read
   * since they were refused.
   */
  async deliverable(refused: readonly Refused[]): Promise<ReadonlyMap<string, string>> {
    const { tableOfFrom, tableOfTo, avoid } = this.#parts;
    const stamps = new Map<string, string>();
    for (const outcome of refused) {
      const { id, functionName, stamp } = outcome;
      const differing = differences(outcome, tableOfFrom(), tableOfTo());
      // one of the pools has changed meanwhile
      if (differing.length === 0) continue;
      const isOwnCode = differing.some((code) => code.startsWith(`${functionName}@`));
      if (isOwnCode || (await this.#isForOwnWorkers(outcome))) {
        avoid(functionName);
        this.#noteReturned(id);
        continue;
      }
      this.#returned.delete(id);
      this.#warn(functionName, differing);
      stamps.set(id, stampWithout(stamp, differing));
    }
    return stamps;
  }

  async #isForOwnWorkers({ id, functionName }: Refused): Promise<boolean> {
    return !this.#returned.has(id) && (await this.#heldByWorkers()).has(functionName);
  }

  /** Functions of workers of the pool itself. */
  async #heldByWorkers(): Promise<ReadonlySet<string>> {
    const { to, clock } = this.#parts;
    if (clock.now() - this.#held.atMs < workersForMs) return this.#held.names;
    const { members } = await to.inspect();
    const names = members.filter(isOwnWorker).flatMap(({ functions }) => Object.keys(functions));
    this.#held = { atMs: clock.now(), names: new Set(names) };
    return this.#held.names;
  }

  #noteReturned(id: string): void {
    if (this.#returned.size >= mostReturned) this.#returned.clear();
    this.#returned.add(id);
  }

  #warn(functionName: string, versions: readonly string[]): void {
    if (this.#warnedOf.has(functionName)) return;
    this.#warnedOf.add(functionName);
    const { from, to, log } = this.#parts;
    const facts = { functionName, evaluatedIn: from.pool, deliveredTo: to.pool, versions };
    log.warn(
      facts,
      "outcome delivered and not kept: bridged pools have other versions of functions that took part in it",
    );
  }
}
