import { type Clock, GridError, systemClock } from "@callgrid/core";
import { type Limits, usualLimits } from "../contract/limits.ts";
import type { Statekeeper } from "../contract/pool-keeper.ts";
import { MemoryPool } from "./memory-pool.ts";

export { MemoryPool } from "./memory-pool.ts";
export { dumpMessage, type MessageDump, type PoolDump, type RequestDump } from "./records/pool-dump.ts";
export type { PoolRecords, RequestRecord } from "./records/pool-records.ts";

/**
 * The statekeeper in memory: the embedded default, and the model that the one on Redis is checked against. Everything that shares it lives
 * in one process, and its state ends with that process.
 */
export class MemoryStatekeeper implements Statekeeper {
  readonly address = "memory:";
  readonly grid: string;
  readonly #clock: Clock;
  readonly #limits: Limits;
  readonly #pools = new Map<string, MemoryPool>();
  #isClosed = false;

  /**
   * @param options.grid - the grid's name, for messages; default `default`.
   * @param options.clock - what leases, deadlines and the time to live of results are measured by; default the system's.
   * @param options.limits - how much one operation looks at; default {@link usualLimits}.
   */
  constructor(options: { readonly grid?: string; readonly clock?: Clock; readonly limits?: Limits } = {}) {
    this.grid = options.grid ?? "default";
    this.#clock = options.clock ?? systemClock;
    this.#limits = options.limits ?? usualLimits;
  }

  /** The same object for the same name. */
  pool(name: string): MemoryPool {
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      pool = new MemoryPool(name, this.#clock, this.#limits);
      if (this.#isClosed) pool.close();
      this.#pools.set(name, pool);
    }
    return pool;
  }

  /** There is never another grid in here. */
  async otherGridsWith(_pool: string): Promise<readonly string[]> {
    this.#refuseIfClosed();
    return [];
  }

  /** Who made it knows its pools. */
  async poolsLike(_pool: string): Promise<readonly string[]> {
    this.#refuseIfClosed();
    return [];
  }

  async ping(): Promise<number> {
    this.#refuseIfClosed();
    return 0;
  }

  /** Forgets everything, as a Redis that restarted empty. Listeners stay, and get `onReconnect`. */
  empty(): void {
    for (const pool of this.#pools.values()) pool.empty();
  }

  /** Delivers nothing any more; operations afterwards reject with `GRID_CLOSED`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const pool of this.#pools.values()) pool.close();
  }

  #refuseIfClosed(): void {
    if (this.#isClosed) throw new GridError("GRID_CLOSED", "the grid was closed");
  }
}
