/**
 * The thread behind ThreadHeartbeat: renews the lease of its worker, gives back what has not started while code never yields, ends the
 * process when an evaluation is over its time and the main thread does not get to say so itself, and ends a process that outlives its
 * supervisor for too long, whatever that is at.
 */

import { parentPort, workerData } from "node:worker_threads";
import { messageOf } from "@callgrid/core";
import { openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import type { WatchOrder } from "./heartbeat.ts";
import { HoldBoard } from "./hold-board.ts";
import { HoldWatch, lookEveryMs } from "./hold-watch.ts";
import type { HeartbeatNews, HeartbeatOrder, HeartbeatThreadData, Supervision } from "./thread-heartbeat.ts";
import { OverdueWatch } from "./watchdog.ts";

const retryMs = 1_000;
const supervisorCheckMs = 250;
const bytesPerMb = 1_048_576;
/** How long the pool may take to hear that the worker is gone, in ms. */
const leaveMs = 500;

const data = workerData as HeartbeatThreadData;
let pool: PoolKeeper | undefined;
let overdue: OverdueWatch | undefined;
/** Orders that came before there was a watch. */
const earlyOrders: WatchOrder[] = [];
let isResting = false;
let beginConnecting: () => void = () => undefined;
let beginBeating: () => void = () => undefined;
const toldToConnect = new Promise<void>((resolve) => {
  beginConnecting = resolve;
});
const toldToBeat = new Promise<void>((resolve) => {
  beginBeating = resolve;
});

if (data.supervision !== undefined) endWithout(data.supervision);
parentPort?.on("message", take);
await toldToConnect;
pool = await openPatiently();
overdue = new OverdueWatch({
  keeper: pool,
  worker: data.worker,
  instance: data.instance,
  end: data.supervision === undefined ? undefined : kill,
});
for (const order of earlyOrders) take(order);
tell({ kind: "ready" });
await toldToBeat;
void lookAtHolds(pool);
while (!isResting) {
  const memoryMb = Math.round(process.memoryUsage.rss() / bytesPerMb);
  const renewal = { instance: data.instance, memoryMb };
  const isKnown = await pool.renew(data.worker, data.leaseMs, renewal).catch(() => true);
  if (!isKnown && !isResting) tell({ kind: "lost" });
  await pause(data.leaseMs / 3);
}

function take(order: HeartbeatOrder): void {
  switch (order.kind) {
    case "connect":
      beginConnecting();
      break;
    case "beat":
      beginBeating();
      break;
    case "rest":
      isResting = true;
      break;
    case "watch":
      if (overdue === undefined) earlyOrders.push(order);
      else overdue.watch(order.watch);
      break;
    case "unwatch":
      if (overdue === undefined) earlyOrders.push(order);
      else overdue.unwatch(order.watch);
      break;
  }
}

async function lookAtHolds(keeper: PoolKeeper): Promise<void> {
  const watch = new HoldWatch({ board: new HoldBoard(data.holds), keeper, worker: data.worker });
  while (!isResting) {
    await pause(lookEveryMs);
    await watch.look();
  }
}

/** Tries until it works: whether the worker waits for that is for the worker to decide. */
async function openPatiently(): Promise<PoolKeeper> {
  const { url, grid, connectTimeoutMs } = data;
  for (;;) {
    try {
      return (await openStatekeeper(url, { grid, connectTimeoutMs })).pool(data.pool);
    } catch (error) {
      tell({ kind: "unreachable", reason: messageOf(error) });
      await pause(retryMs);
    }
  }
}

/** A process whose supervisor has ended drains by itself, unless it loads, computes or waits for something without an end. */
function endWithout({ supervisor, endAfterMs }: Supervision): void {
  const timer = setInterval(() => {
    if (process.ppid === supervisor) return;
    clearInterval(timer);
    setTimeout(() => void leaveAndEnd(), endAfterMs);
  }, supervisorCheckMs);
}

async function leaveAndEnd(): Promise<void> {
  // what it still holds goes back at once, and its own code was not at fault
  await Promise.race([pool?.leave(data.worker, data.instance).catch(() => undefined), pause(leaveMs)]);
  kill();
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function tell(news: HeartbeatNews): void {
  parentPort?.postMessage(news);
}
