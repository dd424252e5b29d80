/**
 * The thread behind ThreadHeartbeat: renews the lease of its worker, gives back what has not started while code never yields, ends the
 * process when an evaluation is over its time and the main thread does not get to say so itself, and ends a process that outlives its
 * supervisor for too long, whatever that is at. It loads what it needs for the pool when that is needed, or a few seconds after the worker has
 * joined: until then the worker has more use for the processors.
 */

import { setTimeout as elapse } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import type { WatchOrder } from "./heartbeat.ts";
import { HoldBoard, lookEveryMs } from "./hold-board.ts";
import type { LeaseRenewal } from "./lease-renewal.ts";
import type { HeartbeatNews, HeartbeatOrder, HeartbeatThreadData, Supervision } from "./thread-heartbeat.ts";

const supervisorCheckMs = 250;
/** How long the pool may take to hear that the worker is gone, in ms. */
const leaveMs = 500;

const data = workerData as HeartbeatThreadData;
let renewal: LeaseRenewal | undefined;
/** Of what renews the lease, once the worker has joined. */
let opening: Promise<LeaseRenewal> | undefined;
/** The process that supervised this one has ended. */
let isLeftAlone = false;
let isResting = false;
/** Orders that came before there was a watch. */
const earlyOrders: WatchOrder[] = [];

if (data.supervision !== undefined) endWithout(data.supervision);
parentPort?.on("message", take);

function take(order: HeartbeatOrder): void {
  switch (order.kind) {
    case "beat":
      opening = open(order.withinMs);
      break;
    case "rest":
      isResting = true;
      renewal?.stop();
      break;
    case "watch":
    case "unwatch":
      if (renewal === undefined) earlyOrders.push(order);
      else renewal.take(order);
      break;
  }
}

async function open(withinMs: number): Promise<LeaseRenewal> {
  await isNeeded(withinMs);
  const { LeaseRenewal } = await import("./lease-renewal.ts");
  const opened = await LeaseRenewal.open(data, { tell, end: data.supervision === undefined ? undefined : kill });
  renewal = opened;
  for (const order of earlyOrders) opened.take(order);
  if (!isResting) opened.start();
  tell({ kind: "beating" });
  return opened;
}

/** Resolves when a time limit is to be watched, when code seems not to yield or the supervisor has ended, and `withinMs` from now. */
async function isNeeded(withinMs: number): Promise<void> {
  const board = new HoldBoard(data.holds);
  const latestAt = performance.now() + withinMs;
  let changes = -1;
  while (performance.now() < latestAt && earlyOrders.length === 0 && !isLeftAlone) {
    await elapse(lookEveryMs);
    if (board.seemsStuckSince(changes)) return;
    changes = board.changes;
  }
}

/** A process whose supervisor has ended drains by itself, unless it loads, computes or waits for something without an end. */
function endWithout({ supervisor, endAfterMs }: Supervision): void {
  const timer = setInterval(() => {
    if (process.ppid === supervisor) return;
    clearInterval(timer);
    isLeftAlone = true;
    setTimeout(() => void leaveAndEnd(), endAfterMs);
  }, supervisorCheckMs);
}

async function leaveAndEnd(): Promise<void> {
  // what it still holds goes back at once, and its own code was not at fault
  await Promise.race([opening?.then((opened) => opened.leave()), elapse(leaveMs)]);
  kill();
}

function kill(): void {
  process.kill(process.pid, "SIGKILL");
}

function tell(news: HeartbeatNews): void {
  parentPort?.postMessage(news);
}
