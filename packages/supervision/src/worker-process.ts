/**
 * What a supervisor forks: one worker in a process of its own. It follows orders from the channel, and drains when it is
 * ordered to end, when it receives SIGTERM, and when its supervisor is gone.
 *
 * This is the main file of a process and does its work on being loaded; nothing imports it.
 */

import { inspect } from "node:util";
import { GridError, isGridError, logRedaction, Periodic, systemClock, withoutSecrets } from "@callgrid/core";
import type { WorkerMetrics } from "@callgrid/health";
import { type RunningWorker, startWorker } from "@callgrid/worker";
import { pino } from "pino";
import {
  isConfigurationCode,
  type SupervisorMessage,
  type WorkerMessage,
  type WorkerSettings,
} from "./supervision-messages.ts";

const standardError = 2;
/** The process id of the supervisor, by the launcher. */
const supervisor = Number(process.argv[2]);
const memoryEveryMs = 1_000;
const measuresEveryMs = 2_000;
const refusedExitCode = 2;

let worker: Promise<RunningWorker> | undefined;
let metrics: WorkerMetrics | undefined;
let isDraining = false;

function take(message: SupervisorMessage): void {
  switch (message.kind) {
    case "start":
      worker ??= start(message.settings);
      break;
    case "drain":
      isDraining = true;
      void end((running) => running.drain(message.timeoutMs));
      break;
    case "stop":
      // What a drain in progress still holds goes back to the pool when the supervisor reports the end of this worker.
      if (isDraining) process.exit(0);
      void end((running) => running.stop());
      break;
  }
}

async function start({ functions, options, logLevel, isMeasured }: WorkerSettings): Promise<RunningWorker> {
  const log = pino(
    { level: logLevel, name: "callgrid", ...logRedaction },
    pino.destination({ dest: standardError, sync: true }),
  );
  try {
    // loaded only if metrics are served
    if (isMeasured === true) metrics = new (await import("@callgrid/health")).WorkerMetrics(String(options["pool"]));
    const running = await startWorker({
      ...(options as { readonly pool: string }),
      functions,
      log,
      supervisor,
      meter: metrics,
    });
    // before anything is evaluated, so that the supervisor can report its death whatever that is
    send({ kind: "joined", id: running.id, instance: running.instance });
    await startMeasuring(running);
    tellMemory();
    void new Periodic({ clock: systemClock, everyMs: memoryEveryMs, round: tellMemory }).start();
    void running.closed.then(() => (running.endedBy === undefined ? leave() : refuse(running.endedBy)), crash);
    return running;
  } catch (error) {
    return refuse(error);
  }
}

function tellMemory(): void {
  send({ kind: "memory", rssBytes: process.memoryUsage.rss() });
}

async function startMeasuring(running: RunningWorker): Promise<void> {
  if (metrics === undefined) return;
  metrics.watch(() => running.vitals);
  await tellMeasures();
  void new Periodic({ clock: systemClock, everyMs: measuresEveryMs, round: tellMeasures }).start();
}

/** Resolves when it has been sent. */
async function tellMeasures(): Promise<void> {
  if (metrics === undefined) return;
  const measures = await metrics.measures();
  await new Promise<void>((resolve) => {
    if (process.connected) process.send?.({ kind: "measures", measures } satisfies WorkerMessage, () => resolve());
    else resolve();
  });
}

/** Ends the process cleanly, after it has reported its last counts. */
async function leave(): Promise<never> {
  await tellMeasures();
  process.exit(0);
}

/** Ends the process: with a message if the supervisor should know that another start would fail alike. */
function refuse(error: unknown): Promise<never> {
  return new Promise(() => {
    if (!isGridError(error) || !isConfigurationCode(error.code) || process.send === undefined) crash(error);
    else
      process.send({ kind: "refused", code: error.code, message: error.message }, () => process.exit(refusedExitCode));
  });
}

function crash(error: unknown): void {
  console.error(error instanceof GridError ? `${error.code}: ${error.message}` : withoutSecrets(inspect(error)));
  process.exit(1);
}

async function end(how: (running: RunningWorker) => Promise<void>): Promise<void> {
  try {
    if (worker !== undefined) await how(await worker);
    await leave();
  } catch (error) {
    crash(error);
  }
}

function send(message: WorkerMessage): void {
  // An error here means that the supervisor has just gone, which "disconnect" reports.
  if (process.connected) process.send?.(message, () => undefined);
}

const drain = (): void => take({ kind: "drain" });

// A terminal sends Ctrl-C to the whole group of processes; how to end is for the supervisor to decide.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", drain);
process.on("disconnect", drain);
process.on("message", (message) => take(message as SupervisorMessage));
// With the supervisor gone, these have no reader.
process.stdout.on("error", () => undefined);
process.stderr.on("error", () => undefined);
if (!process.connected) drain();
