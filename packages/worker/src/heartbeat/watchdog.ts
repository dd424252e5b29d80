/**
 * Looks at a worker from another thread, and ends it when an evaluation is over its time and the worker does not get to say so
 * itself: its code never yields.
 */
import { encodeError, systemClock, within } from "@callgrid/core";
import { noStamp, type ObservedPool, type WorkerPool } from "@callgrid/statekeeper";
import { errorTree } from "../errors/error-tree.ts";
import type { Watch } from "./heartbeat.ts";

/** What the worker gets beyond the limit to settle the matter itself, in ms. */
const graceMs = 250;
/** A pool that cannot be reached does not keep a worker that never yields from being ended, in ms. */
const patienceMs = 5_000;
const longestTimeoutMs = 2_147_483_647;

/** What is looked at, and how it is ended. */
export interface OverdueWatchParts {
  readonly keeper: WorkerPool & ObservedPool;
  /** The worker's id within its pool. */
  readonly worker: string;
  /** Distinguishes it from others of its id; absent where the id is its own. */
  readonly instance?: string | undefined;
  /** Ends the worker without its doing; absent: it is left as it is, and the request is reported nevertheless. */
  readonly end: (() => void) | undefined;
}

export class OverdueWatch {
  readonly #parts: OverdueWatchParts;
  readonly #watched = new Map<string, NodeJS.Timeout>();

  constructor(parts: OverdueWatchParts) {
    this.#parts = parts;
  }

  watch(watch: Watch): void {
    this.unwatch(watch);
    const withinMs = Math.min(watch.withinMs + graceMs, longestTimeoutMs);
    this.#watched.set(
      keyOf(watch),
      setTimeout(() => void this.#end(watch), withinMs),
    );
  }

  unwatch(watch: Pick<Watch, "id" | "kind">): void {
    clearTimeout(this.#watched.get(keyOf(watch)));
    this.#watched.delete(keyOf(watch));
  }

  /** Watches nothing any more. */
  stop(): void {
    for (const timer of this.#watched.values()) clearTimeout(timer);
    this.#watched.clear();
  }

  async #end(watch: Watch): Promise<void> {
    const { keeper, worker, instance, end } = this.#parts;
    if (watch.kind === "deadline" && (await this.#isPutOff(watch))) return;
    if (!this.#watched.has(keyOf(watch))) return;
    // even if the report fails: a worker that never yields must not go on
    await withPatience(this.#settleAsTimeout(watch));
    if (end === undefined) return;
    // everything else it holds goes back uncounted: its own code was not at fault
    await withPatience(keeper.leave(worker, instance));
    end();
  }

  /** A caller with a later limit may wait by now, which the worker could not learn. */
  async #isPutOff(watch: Watch): Promise<boolean> {
    const known = await this.#parts.keeper.inspectRequest(watch.id).catch(() => undefined);
    if (known === undefined || known.timeoutMs === 1 || !this.#watched.has(keyOf(watch))) return false;
    if (known.timeoutMs === 0) this.unwatch(watch);
    else this.watch({ ...watch, withinMs: known.timeoutMs });
    return true;
  }

  async #settleAsTimeout({ id, payload }: Watch): Promise<void> {
    const { keeper, worker } = this.#parts;
    const outcome = encodeError(errorTree("TIMEOUT", "it ran longer than its time, and never yielded", payload));
    await keeper.complete(worker, [{ id, outcome, ttlMs: 0, stamp: noStamp }], []);
  }
}

/** Resolves when the call has ended, however it did, or has taken too long. */
async function withPatience(call: Promise<unknown>): Promise<void> {
  await within(systemClock, patienceMs, call).catch(() => undefined);
}

function keyOf({ kind, id }: Pick<Watch, "id" | "kind">): string {
  return `${kind} ${id}`;
}
