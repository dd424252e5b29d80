/**
 * A runner asks a pool without workers for a chunk of nothing, once for all its runs there. Like any request, it waits for a worker, and
 * has hosts start one. The runs themselves wait in the queue meanwhile, and keep no other from being carried out.
 */
import type { Grid } from "@callgrid/client";
import { awaitWorker } from "../planning/batch-context.ts";

/** What {@link WorkerWaits} work with. */
export interface WorkerWaitsParts {
  readonly grid: Grid;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Called for each run of a pool once that has a worker. */
  readonly onWorker: (id: string) => Promise<void>;
}

// A run that is cancelled should not have a host start workers much later.
const longestWaitMs = 30_000;

/** Waits for workers of pools that have none, and reports the runs there once a worker has joined. */
export class WorkerWaits {
  readonly #parts: WorkerWaitsParts;
  /** Pools to the ids of their runs. */
  readonly #waiting = new Map<string, Set<string>>();

  constructor(parts: WorkerWaitsParts) {
    this.#parts = parts;
  }

  /** Has a run wait; it is to be added again from time to time. */
  add(pool: string, id: string): void {
    const known = this.#waiting.get(pool);
    if (known !== undefined) {
      known.add(id);
      return;
    }
    const ids = new Set([id]);
    this.#waiting.set(pool, ids);
    void this.#wait(pool, ids).finally(() => this.#waiting.delete(pool));
  }

  async #wait(pool: string, ids: ReadonlySet<string>): Promise<void> {
    const { grid, signal, onWorker } = this.#parts;
    try {
      await awaitWorker(grid, pool, AbortSignal.any([signal, AbortSignal.timeout(longestWaitMs)]));
      await Promise.all([...ids].map(onWorker));
    } catch {
      // the runs look again by themselves
    }
  }
}
