/**
 * Looks at the holds of a worker from another thread. When its own thread has changed none of them and noted no turn since the last look, code that never
 * yields keeps it: what has not started goes back to the pool, so that it does not wait for that while other workers are idle.
 */
import { isAddressedId } from "@callgrid/core";
import type { ClaimRequest, WorkerPool } from "@callgrid/statekeeper";
import type { HoldBoard } from "./hold-board.ts";

/** How often the worker notes that its event loop turns while the reply to a claim is slow, in ms: several times between two looks. */
export const turnEveryMs = 100;

/** A claim of nothing, by which a worker is not a volunteer any more. */
export const standDown: Required<Omit<ClaimRequest, "worker" | "score" | "recent">> = {
  ...{ max: 0, budgetMicros: 0, spareMicros: 0, volunteerFor: 0, reach: "own-queue", epoch: 0, skips: [] },
};

export interface HoldWatchParts {
  readonly board: HoldBoard;
  /** Over a connection that the worker's thread does not use. */
  readonly keeper: WorkerPool;
  readonly worker: string;
}

export class HoldWatch {
  readonly #parts: HoldWatchParts;
  /** What is to go back, until the pool has it. */
  #due = new Set<string>();
  #changes = -1;
  /** What was done about the worker in its present state, so that it is not done at every look. */
  #handledChanges = -1;

  constructor(parts: HoldWatchParts) {
    this.#parts = parts;
  }

  /** Called every `lookEveryMs`. A pool that does not answer is asked again at the next look. */
  async look(): Promise<void> {
    const { board, keeper, worker } = this.#parts;
    const { changes } = board;
    const isStuck = changes === this.#changes && changes !== this.#handledChanges;
    // a worker that has gone on gives back itself what it finds revoked
    if (changes !== this.#changes) this.#due.clear();
    this.#changes = changes;
    try {
      if (isStuck) {
        if (board.hasOpen) for (const id of board.revoke()) this.#due.add(id);
        if (board.isClaiming) await this.#takeUnread();
        this.#handledChanges = changes;
      }
      if (this.#due.size === 0) return;
      const ids = [...this.#due];
      await keeper.release(worker, ids);
      for (const id of ids) this.#due.delete(id);
    } catch {
      // retried, and the worker itself gives back what it finds revoked
    }
  }

  /**
   * A claim is under way for as long, or the worker is a volunteer: what comes lies in a connection that nothing reads, and no more must come.
   * What is addressed to this worker waits for it: given back, it would fail.
   */
  async #takeUnread(): Promise<void> {
    const { board, keeper, worker } = this.#parts;
    board.beginTakeback();
    try {
      await keeper.claim({ worker, ...standDown });
    } finally {
      // it may have come after the worker has volunteered again, over a connection of its own
      board.endTakeback();
    }
    const { claims } = await keeper.reconcile(worker, []);
    const held = board.heldIds();
    // else the worker has gone on: it gives this claim back itself, and so it does with the next one if that may be taken back
    if (held === undefined || board.changes !== this.#changes) return;
    for (const { id } of claims) if (!held.has(id) && !isAddressedId(id)) this.#due.add(id);
  }
}
