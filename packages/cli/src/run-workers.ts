/** Runs worker processes under a supervisor until they are told to end: `callgrid worker`, and its like on another machine. */
import { workerModule } from "@callgrid/batch";
import { declareOptions, type OptionsResolved, option, parsePool } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { Supervisor, workerOptions } from "@callgrid/worker";
import type { Logger } from "pino";
import {
  connectionOptions,
  functionsOption,
  healthOptions,
  logFileOptions,
  outputOptions,
  poolOption,
} from "./common-options.ts";
import { exitCodeOfSignal, exitCodes } from "./exit-codes.ts";
import { type Interrupts, unlessAborted } from "./interrupts.ts";
import type { NodeLog } from "./log.ts";
import { openMeasureBook, withHealth } from "./node-health.ts";

export const workersOptions = declareOptions({
  ...poolOption,
  ...functionsOption,
  count: option.number({
    unit: "count",
    default: 1,
    min: 1,
    max: 1_000,
    description: "How many worker processes to run.",
  }),
  ...connectionOptions,
  ...workerOptions,
  ...healthOptions,
  ...logFileOptions,
  ...outputOptions,
});

/** Workers that are to run. */
export interface WorkersRun {
  readonly options: OptionsResolved<typeof workersOptions>;
  readonly interrupts: Interrupts;
  readonly nodeLog: NodeLog;
  /** They have all joined. */
  readonly onUp: (workers: readonly string[]) => Promise<void>;
}

/** Resolves to an exit code once all have ended. */
export async function runWorkers({ options, interrupts, nodeLog, onUp }: WorkersRun): Promise<number> {
  const { log, stream: stderr } = nodeLog;
  const { count, functions, json, logLevel = "info", healthPort, healthHost, ...rest } = options;
  const { logFile, logFileBytes, logFileCount, ...settings } = rest;
  const { url, drainTimeoutMs, maxAttempts } = settings;
  const place = { healthPort, healthHost };
  const { first, second } = interrupts;
  const statekeeper = await unlessAborted(first, openStatekeeper(url, { ...settings, log }));
  try {
    const keeper = statekeeper.pool(parsePool(settings.pool));
    const book = await openMeasureBook(place);
    const modules = [...functions, workerModule.href];
    const started = { functions: modules, options: settings, logLevel, isMeasured: book !== undefined };
    const supervisor = new Supervisor(
      { count, drainTimeoutMs, maxAttempts, settings: started },
      { keeper, log, stderr, book },
    );
    endBySignals(supervisor, interrupts, log);
    return await withHealth(place, { keeper, statekeeper, book, log, nodes: () => supervisor.workers }, async () => {
      await supervisor.start();
      if (!first.aborted) await onUp(supervisor.workers);
      await supervisor.closed;
      return second.aborted ? exitCodeOfSignal(second.reason) : exitCodes.fine;
    });
  } finally {
    await statekeeper.close();
  }
}

function endBySignals(supervisor: Supervisor, { first, second }: Interrupts, log: Logger): void {
  first.addEventListener("abort", () => {
    log.info({ signal: first.reason }, "draining the workers; a second signal stops them at once");
    void supervisor.drain();
  });
  second.addEventListener("abort", () => {
    log.warn({ signal: second.reason }, "stopping the workers at once");
    void supervisor.stop();
  });
}
