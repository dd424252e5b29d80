/**
 * Warns once, in the log, that requests wait and the pool has no live worker. It checks when no outcome has come for a while.
 * Each time it finds workers, it doubles the pause before its next check.
 */
import { type CancelTimer, type Clock, didYouMean, mostNamesShown, nameList } from "@callgrid/core";
import type { ObservedPool, PoolState, Requester, Statekeeper } from "@callgrid/statekeeper";
import type { GridLog } from "../options/log.ts";

/** What a {@link NoWorkersWarning} works with. */
export interface NoWorkersWarningParts {
  readonly statekeeper: Statekeeper;
  readonly keeper: ObservedPool;
  readonly requester: Pick<Requester, "pendingCount" | "counters">;
  readonly afterMs: number;
  readonly clock: Clock;
  readonly log: GridLog;
}

export class NoWorkersWarning {
  readonly #parts: NoWorkersWarningParts;
  #waitMs: number;
  #isWatching = false;
  #isDone = false;
  #cancelTimer: CancelTimer | undefined;

  constructor(parts: NoWorkersWarningParts) {
    this.#parts = parts;
    this.#waitMs = parts.afterMs;
  }

  /** Something was asked for. */
  watch(): void {
    if (this.#isWatching || this.#isDone) return;
    this.#isWatching = true;
    this.#arm();
  }

  stop(): void {
    this.#isDone = true;
    this.#cancelTimer?.();
  }

  #arm(): void {
    const { delivered } = this.#parts.requester.counters;
    this.#cancelTimer = this.#parts.clock.background(this.#waitMs, () => void this.#look(delivered));
  }

  async #look(deliveredBefore: number): Promise<void> {
    const { requester } = this.#parts;
    if (requester.pendingCount === 0) {
      this.#isWatching = false;
    } else if (requester.counters.delivered > deliveredBefore || (await this.#hasWorkers())) {
      this.#waitMs *= 2;
      if (!this.#isDone) this.#arm();
    }
  }

  /** Whether there are any, as far as can be found out; warns if there are none. */
  async #hasWorkers(): Promise<boolean> {
    const { keeper, statekeeper } = this.#parts;
    try {
      const state = await keeper.inspect();
      if (state.members.some((member) => member.kind === "worker" && member.leaseLeftMs > 0)) return true;
      const { pool } = keeper;
      this.#warn(state, await statekeeper.otherGridsWith(pool), await statekeeper.poolsLike(pool));
      return false;
    } catch {
      // A failed statekeeper call is reported elsewhere.
      return true;
    }
  }

  #warn(state: PoolState, otherGrids: readonly string[], poolsLike: readonly string[]): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const { statekeeper, requester, log } = this.#parts;
    const { pool } = state;
    const { grid, address } = statekeeper;
    const waiting = requester.pendingCount;
    const facts = { pool, grid, address, waiting, otherGrids: otherGrids.slice(0, mostNamesShown) };
    const elsewhere =
      otherGrids.length === 0 ? "" : `. Other grids there have a pool "${pool}": ${nameList(otherGrids)}`;
    log.warn(
      facts,
      `pool "${pool}" of grid "${grid}" at ${address} has no workers, so its requests wait; ` +
        `${remedy(pool, address)}${didYouMean(poolsLike)}${elsewhere}`,
    );
  }
}

/** No other process can join a grid in memory. */
function remedy(pool: string, address: string): string {
  return address.startsWith("memory:")
    ? "a localGrid() has workers in one pool alone, whose name is its `pool`"
    : `start one: callgrid worker --pool ${pool} --functions <file>`;
}
