/**
 * The evaluations that the pool knows of, by id: what it holds as running here (owned), and what this worker has asked it for.
 * It counts what is owned, since that bounds how much new work is taken in from outside.
 */
import { RebuiltMap } from "@callgrid/core";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { HoldBoard } from "../heartbeat/hold-board.ts";

export class PoolEvaluations {
  readonly #byId = new RebuiltMap<string, Evaluation>();
  readonly #limit: number;
  readonly #limitBytes: number;
  readonly #holds: HoldBoard | undefined;
  #owned = 0;
  #ownedBytes = 0;

  /** Bounds on what may be owned before roots have to wait; children never do. */
  constructor(parts: { limit: number; limitBytes: number; holds: HoldBoard | undefined }) {
    this.#limit = parts.limit;
    this.#limitBytes = parts.limitBytes;
    this.#holds = parts.holds;
  }

  get size(): number {
    return this.#byId.size;
  }

  get ownedCount(): number {
    return this.#owned;
  }

  /** Whether the bounds let new work in from outside. */
  get isOpenToRoots(): boolean {
    return this.#owned < this.#limit && this.#ownedBytes < this.#limitBytes;
  }

  get(id: string): Evaluation | undefined {
    return this.#byId.get(id);
  }

  /** In the order in which they became visible. */
  values(): IterableIterator<Evaluation> {
    return this.#byId.values();
  }

  /** For what was asked of the pool. */
  add(evaluation: Evaluation): void {
    this.#byId.set(evaluation.id, evaluation);
  }

  /** The pool holds it as running here. */
  own(evaluation: Evaluation): void {
    if (evaluation.isOwned) return;
    evaluation.isOwned = true;
    evaluation.hold = this.#holds?.list(evaluation.id);
    this.#byId.set(evaluation.id, evaluation);
    this.#owned += 1;
    this.#ownedBytes += bytesOf(evaluation);
  }

  /** It is the pool's business no longer. */
  forget(evaluation: Evaluation): void {
    if (!evaluation.isVisible) return;
    if (this.#byId.get(evaluation.id) === evaluation) this.#byId.delete(evaluation.id);
    if (!evaluation.isOwned) return;
    evaluation.isOwned = false;
    evaluation.hold?.end();
    evaluation.hold = undefined;
    this.#owned -= 1;
    this.#ownedBytes -= bytesOf(evaluation);
  }

  ownedIds(): string[] {
    const ids: string[] = [];
    for (const { isOwned, id } of this.#byId.values()) if (isOwned) ids.push(id);
    return ids;
  }
}

function bytesOf({ payload }: Evaluation): number {
  return 2 * payload.length;
}
