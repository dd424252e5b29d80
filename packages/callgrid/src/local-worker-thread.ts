/**
 * What a thread of the embedded grid runs: one worker, on the statekeeper at the other end of its port. It does what
 * its supervisor orders, and lives as long as the worker does: whatever the functions have left open ends with it.
 *
 * This is the main file of a thread and does its work on being loaded; nothing imports it.
 */
import { parentPort, workerData } from "node:worker_threads";
import { isGridError } from "@callgrid/core";
import { PortStatekeeper } from "@callgrid/statekeeper";
import {
  isConfigurationCode,
  type SupervisorMessage,
  type WorkerMessage,
  type WorkerSettings,
} from "@callgrid/supervision";
import { defaultLog, type RunningWorker, startWorker, type WatchOrder } from "@callgrid/worker";
import type { ThreadData } from "./thread-data.ts";
import type { ThreadWatchOrder } from "./thread-watch-order.ts";

const { port, grid, holds, isLogPassedOn } = workerData as ThreadData;
let worker: Promise<RunningWorker> | undefined;

function take(message: SupervisorMessage): void {
  switch (message.kind) {
    case "start":
      worker ??= start(message.settings);
      break;
    case "drain":
      void end((running) => running.drain());
      break;
    case "stop":
      void end((running) => running.stop());
      break;
  }
}

async function start({ functions, options }: WorkerSettings): Promise<RunningWorker> {
  const statekeeper = new PortStatekeeper(port, { grid });
  try {
    const given = options as { readonly pool: string };
    const running = await startWorker({
      ...{ ...given, functions, statekeeper, tellWatch, holds },
      ...(isLogPassedOn && { log: defaultLog(process.stderr) }),
    });
    send({ kind: "joined", id: running.id, instance: running.instance });
    return running;
  } catch (error) {
    // what another start cannot mend is reported; all else ends the thread as an error that nothing caught
    if (!isGridError(error) || !isConfigurationCode(error.code)) throw error;
    send({ kind: "refused", code: error.code, message: error.message });
    process.exit(0);
  }
}

async function end(how: (running: RunningWorker) => Promise<void>): Promise<void> {
  if (worker !== undefined) await how(await worker);
  process.exit(0);
}

function tellWatch(order: WatchOrder, workerId: string): void {
  send({ ...order, worker: workerId });
}

function send(message: WorkerMessage | ThreadWatchOrder): void {
  parentPort?.postMessage(message);
}

parentPort?.on("message", take);
