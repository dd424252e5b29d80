/**
 * The thread behind ThreadHeartbeat: renews the lease of its worker, and ends the process when an evaluation is over its time
 * and the main thread does not get to say so itself.
 */
import { parentPort, workerData } from "node:worker_threads";
import { encodeError } from "@callgrid/core";
import { openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { errorTree } from "./evaluator.ts";
import type { Watch } from "./heartbeat.ts";
import type { HeartbeatOrder, HeartbeatThreadData } from "./thread-heartbeat.ts";

/** What the main thread gets beyond the limit to settle the matter itself, in ms. */
const graceMs = 250;
const connectTimeoutMs = 2_147_483_647;

const data = workerData as HeartbeatThreadData;
const watched = new Map<string, NodeJS.Timeout>();

parentPort?.on("message", (order: HeartbeatOrder) => {
  if (order.kind === "watch") arm(order.watch);
  if (order.kind === "unwatch") disarm(order.id);
});

/** A supervised process whose supervisor is gone, and whose code never yields, is nobody's any more: its lease may lapse. */
const supervisor = process.ppid;
function isOrphan(): boolean {
  return data.endsProcess && process.ppid !== supervisor;
}

const keeper = await openStatekeeper(data.url, { grid: data.grid, connectTimeoutMs });
const pool = keeper.pool(data.pool);
while (!isOrphan()) {
  const isKnown = await pool.renew(data.worker, data.leaseMs).catch(() => true);
  if (!isKnown) parentPort?.postMessage("lost");
  await new Promise((resolve) => setTimeout(resolve, data.leaseMs / 3));
}

function arm(watch: Watch): void {
  disarm(watch.id);
  watched.set(
    watch.id,
    setTimeout(() => void end(watch), Math.min(watch.withinMs + graceMs, 2_147_483_647)),
  );
}

function disarm(id: string): void {
  clearTimeout(watched.get(id));
  watched.delete(id);
}

async function end(watch: Watch): Promise<void> {
  if (!watched.has(watch.id)) return;
  await settleAsTimeout(pool, watch);
  if (!data.endsProcess) return;
  // everything else it holds goes back uncounted: its own code was not at fault
  await pool.leave(data.worker);
  process.kill(process.pid, "SIGKILL");
}

async function settleAsTimeout(keeperOfPool: PoolKeeper, watch: Watch): Promise<void> {
  const reason = `it ran longer than its ${watch.limitMs} ms, and never yielded`;
  const outcome = encodeError(errorTree("TIMEOUT", reason, watch.payload));
  await keeperOfPool.complete(data.worker, [{ id: watch.id, outcome, ttlMs: 0, stamp: "-#0" }], []);
}
