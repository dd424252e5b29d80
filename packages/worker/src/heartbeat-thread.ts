/**
 * The thread behind ThreadHeartbeat: renews the lease of its worker, and ends the process when an evaluation is over its time
 * and the main thread does not get to say so itself.
 */
import { parentPort, workerData } from "node:worker_threads";
import { encodeError } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { errorTree } from "./failure.ts";
import type { Watch } from "./heartbeat.ts";
import type { HeartbeatNews, HeartbeatOrder, HeartbeatThreadData } from "./thread-heartbeat.ts";

/** What the main thread gets beyond the limit to settle the matter itself, in ms. */
const graceMs = 250;
const longestTimeoutMs = 2_147_483_647;

const data = workerData as HeartbeatThreadData;
const watched = new Map<string, NodeJS.Timeout>();

let beginBeating: () => void = () => undefined;
const toldToBeat = new Promise<void>((resolve) => {
  beginBeating = resolve;
});

parentPort?.on("message", (order: HeartbeatOrder) => {
  if (order.kind === "beat") beginBeating();
  else if (order.kind === "watch") arm(order.watch);
  else disarm(order.watch);
});

/** A supervised process whose supervisor is gone, and whose code never yields, is nobody's any more: its lease may lapse. */
const supervisor = process.ppid;
function isOrphan(): boolean {
  return data.endsProcess && process.ppid !== supervisor;
}

const keeper = await openStatekeeper(data.url, { grid: data.grid, connectTimeoutMs: longestTimeoutMs });
const pool = keeper.pool(data.pool);
tell("ready");
await toldToBeat;
while (!isOrphan()) {
  const isKnown = await pool.renew(data.worker, data.leaseMs).catch(() => true);
  if (!isKnown) tell("lost");
  await new Promise((resolve) => setTimeout(resolve, data.leaseMs / 3));
}

function tell(news: HeartbeatNews): void {
  parentPort?.postMessage(news);
}

function arm(watch: Watch): void {
  disarm(watch);
  const withinMs = Math.min(watch.withinMs + graceMs, longestTimeoutMs);
  watched.set(
    keyOf(watch),
    setTimeout(() => void end(watch), withinMs),
  );
}

function disarm(watch: Pick<Watch, "id" | "kind">): void {
  clearTimeout(watched.get(keyOf(watch)));
  watched.delete(keyOf(watch));
}

function keyOf({ kind, id }: Pick<Watch, "id" | "kind">): string {
  return `${kind} ${id}`;
}

async function end(watch: Watch): Promise<void> {
  if (watch.kind === "deadline" && (await isPutOff(watch))) return;
  if (!watched.has(keyOf(watch))) return;
  // whatever comes of telling it: a worker that never yields must not go on
  await settleAsTimeout(watch).catch(() => undefined);
  if (!data.endsProcess) return;
  // everything else it holds goes back uncounted: its own code was not at fault
  await pool.leave(data.worker).catch(() => undefined);
  process.kill(process.pid, "SIGKILL");
}

/** Somebody more patient may wait by now, of whom the main thread could not hear. */
async function isPutOff(watch: Watch): Promise<boolean> {
  const known = await pool.inspectRequest(watch.id).catch(() => undefined);
  if (known === undefined || known.timeoutMs === 1 || !watched.has(keyOf(watch))) return false;
  if (known.timeoutMs === 0) disarm(watch);
  else arm({ ...watch, withinMs: known.timeoutMs });
  return true;
}

async function settleAsTimeout({ id, payload }: Watch): Promise<void> {
  const outcome = encodeError(errorTree("TIMEOUT", "it ran longer than its time, and never yielded", payload));
  await pool.complete(data.worker, [{ id, outcome, ttlMs: 0, stamp: "-#0" }], []);
}
