/** One worker thread as its supervisor sees it, from start to end. What runs in it is local-worker-thread.ts. */
import type { Writable } from "node:stream";
import { MessageChannel, Worker as Thread } from "node:worker_threads";
import { entryFile, Periodic, stackOf, systemClock, withoutSecrets } from "@callgrid/core";
import { type ServedPort, type Statekeeper, servePort } from "@callgrid/statekeeper";
import {
  LastLines,
  type LaunchedWorker,
  type Launcher,
  type ProcessEnd,
  readWorkerMessage,
  type WorkerMessage,
} from "@callgrid/supervision";
import { HoldBoard, HoldWatch, lookEveryMs, OverdueWatch } from "@callgrid/worker";
import type { ThreadData } from "./thread-data.ts";
import { readWatchOrder, type ThreadWatchOrder } from "./thread-watch-order.ts";

/** What every thread of a grid is started with. */
export interface WorkerThreadOptions {
  readonly statekeeper: Statekeeper;
  readonly pool: string;
  /** What the threads load, for messages. */
  readonly modules: readonly string[];
  readonly workerHeapBytes: number | undefined;
  /** By pino's names. */
  readonly logLevel: string;
  /** Where what threads log and print goes. */
  readonly output: Writable;
}

const entry = entryFile("./local-worker-thread.js", import.meta.url);
const bytesPerMebibyte = 1_048_576;
const keptLines = 20;

/** Starts threads for a supervisor. One that ends before any has joined the pool indicates a module that cannot load. */
export function threadLauncher(options: WorkerThreadOptions): Launcher {
  let hasAnyJoined = false;
  return (onMessage) => {
    let isKnown = false;
    const send = (message: WorkerMessage): void => {
      isKnown = true;
      hasAnyJoined ||= message.kind === "joined";
      onMessage(message);
    };
    const child = startThread(options, send);
    const ended = child.ended.then((end) => {
      if (!isKnown && !hasAnyJoined) send(diedWhileLoading(options.modules, end));
      return end;
    });
    return { ...child, ended };
  };
}

function startThread(options: WorkerThreadOptions, onMessage: (message: WorkerMessage) => void): LaunchedWorker {
  const { statekeeper, pool } = options;
  const { port1, port2 } = new MessageChannel();
  const served = servePort(statekeeper, port1);
  const board = new HoldBoard();
  const isLogPassedOn = options.output !== process.stderr;
  const data: ThreadData = { port: port2, grid: statekeeper.grid, holds: board.memory, isLogPassedOn };
  const thread = new Thread(entry, {
    workerData: data,
    transferList: [port2],
    env: { ...process.env, CALLGRID_LOG_LEVEL: options.logLevel },
    stdout: true,
    stderr: true,
    ...heapLimit(options.workerHeapBytes),
  });
  let overdue: OverdueWatch | undefined;
  const follow = (order: ThreadWatchOrder): void => {
    const { worker } = order;
    overdue ??= new OverdueWatch({ keeper: statekeeper.pool(pool), worker, end: () => void thread.terminate() });
    if (order.kind === "watch") overdue.watch(order.watch);
    else overdue.unwatch(order.watch);
  };
  const startLooking = (worker: string): void => {
    const watch = new HoldWatch({ board, keeper: statekeeper.pool(pool), worker });
    const looks = new Periodic({ clock: systemClock, everyMs: lookEveryMs, round: () => watch.look() });
    void looks.start();
    thread.once("exit", () => void looks.stop());
  };
  thread.once("exit", () => overdue?.stop());
  thread.on("message", (message: unknown) => {
    const order = readWatchOrder(message);
    if (order !== undefined) follow(order);
    const known = readWorkerMessage(message);
    if (known?.kind === "joined") startLooking(known.id.slice(pool.length + 1));
    if (known !== undefined) onMessage(known);
  });
  return {
    processId: undefined,
    send: (message) => thread.postMessage(message),
    kill: () => void thread.terminate(),
    ended: endOf(thread, served, options.output),
  };
}

/**
 * Resolves only when everything that the thread had sent is carried out, so that nothing of it comes after its burial.
 */
async function endOf(thread: Thread, served: ServedPort, output: Writable): Promise<ProcessEnd> {
  const lines = new LastLines(keptLines);
  const passOn = (text: string): void => {
    lines.add(text);
    output.write(withoutSecrets(text));
  };
  // stdout belongs to results, as with worker processes
  thread.stdout.on("data", (text: Buffer) => output.write(text));
  thread.stderr.setEncoding("utf8").on("data", passOn);
  // what ends a process is written to its stderr by Node; what ends a thread comes here instead
  thread.on("error", (error: unknown) => passOn(`${stackOf(error)}\n`));
  const exitCode = await new Promise<number>((resolve) => thread.once("exit", resolve));
  await served.closed;
  return { exitCode, signal: null, stderr: lines.lines };
}

function heapLimit(bytes: number | undefined): { resourceLimits?: { maxOldGenerationSizeMb: number } } {
  if (bytes === undefined) return {};
  return { resourceLimits: { maxOldGenerationSizeMb: Math.ceil(bytes / bytesPerMebibyte) } };
}

function diedWhileLoading(modules: readonly string[], { exitCode, stderr }: ProcessEnd): WorkerMessage {
  const last = stderr.length === 0 ? "" : `; its last words: ${stderr.join("\n")}`;
  const message = `a worker thread ended with exit code ${exitCode} while it loaded ${modules.join(", ")}${last}`;
  return { kind: "refused", code: "INVALID_MODULE", message };
}
