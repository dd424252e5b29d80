/**
 * The thread behind ThreadHeartbeat: renews the lease of its worker, and ends the process when an evaluation is over its time
 * and the main thread does not get to say so itself.
 */

import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "@callgrid/core";
import { openStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { OverdueWatch } from "./overdue-watch.ts";
import type { HeartbeatNews, HeartbeatOrder, HeartbeatThreadData } from "./thread-heartbeat.ts";

const retryMs = 1_000;

const data = workerData as HeartbeatThreadData;

let beginBeating: () => void = () => undefined;
const toldToBeat = new Promise<void>((resolve) => {
  beginBeating = resolve;
});

/** A supervised process whose supervisor is gone, and whose code never yields, is nobody's any more: its lease may lapse. */
const supervisor = process.ppid;
function isOrphan(): boolean {
  return data.endsProcess && process.ppid !== supervisor;
}

const pool = (await openPatiently()).pool(data.pool);
const overdue = new OverdueWatch({
  keeper: pool,
  worker: data.worker,
  end: data.endsProcess ? () => process.kill(process.pid, "SIGKILL") : undefined,
});

// What was told before lies in the port until somebody listens.
parentPort?.on("message", (order: HeartbeatOrder) => {
  if (order.kind === "beat") beginBeating();
  else if (order.kind === "watch") overdue.watch(order.watch);
  else overdue.unwatch(order.watch);
});
tell({ kind: "ready" });
await toldToBeat;
while (!isOrphan()) {
  const isKnown = await pool.renew(data.worker, data.leaseMs).catch(() => true);
  if (!isKnown) tell({ kind: "lost" });
  await new Promise((resolve) => setTimeout(resolve, data.leaseMs / 3));
}

/** Tries until it works: whether the worker waits for that is for the worker to decide. */
async function openPatiently(): Promise<Statekeeper> {
  const { url, grid, connectTimeoutMs } = data;
  for (;;) {
    try {
      return await openStatekeeper(url, { grid, connectTimeoutMs });
    } catch (error) {
      tell({ kind: "unreachable", reason: messageOf(error) });
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

function tell(news: HeartbeatNews): void {
  parentPort?.postMessage(news);
}
