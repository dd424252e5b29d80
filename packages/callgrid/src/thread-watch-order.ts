/** Reports evaluations with a time limit from a worker thread to its host, because a thread cannot interrupt itself. */
import type { WatchOrder } from "@callgrid/worker";

/** With the worker's id within its pool. */
export type ThreadWatchOrder = WatchOrder & { readonly worker: string };

/** Reads what came from a thread; undefined for anything else. */
export function readWatchOrder(message: unknown): ThreadWatchOrder | undefined {
  if (typeof message !== "object" || message === null) return undefined;
  const { kind, worker, watch } = message as Readonly<Record<string, unknown>>;
  const isOrder = (kind === "watch" || kind === "unwatch") && typeof worker === "string" && typeof watch === "object";
  return isOrder ? (message as ThreadWatchOrder) : undefined;
}
