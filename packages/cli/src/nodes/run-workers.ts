/** Runs worker processes under a supervisor until a signal ends them: `callgrid worker`, and its like on another machine. */
import { availableParallelism } from "node:os";
import { workerModule } from "@callgrid/batch";
import { declareOptions, type OptionsResolved, option, parsePool, systemClock } from "@callgrid/core";
import { openStatekeeper, type PoolKeeper } from "@callgrid/statekeeper";
import { childLauncher, memoryShareMb, Supervisor } from "@callgrid/supervision";
import { workerOptions } from "@callgrid/worker";
import type { Logger } from "pino";
import {
  connectionOptions,
  functionsOption,
  healthOptions,
  logFileOptions,
  niceOption,
  outputOptions,
  poolOption,
} from "../command-line/common-options.ts";
import { type Interrupts, unlessAborted, untilAborted } from "../command-line/interrupts.ts";
import type { NodeLog } from "../logs/log.ts";
import { exitCodeOfSignal, exitCodes } from "../terminal/exit-codes.ts";
import { openMeasureBook, withHealth } from "./node-health.ts";

/** For the commands that start workers, however many. */
export const supervisionOptions = declareOptions({
  ...poolOption,
  ...functionsOption,
  ...connectionOptions,
  ...workerOptions,
  ...healthOptions,
  ...logFileOptions,
  ...outputOptions,
});

export const workersOptions = declareOptions({
  ...supervisionOptions,
  ...niceOption,
  count: option.number({
    unit: "count",
    default: 1,
    min: 1,
    max: 1_000,
    description: "How many worker processes to run.",
  }),
});

/** How a command runs workers. */
interface Supervision {
  readonly options: OptionsResolved<typeof supervisionOptions>;
  /** How many there are at first. */
  readonly count: number;
  /** How many share the memory; default: as many as there are at first. */
  readonly most?: number;
  /** See `childLauncher`; default 0. */
  readonly nice?: number;
  readonly interrupts: Interrupts;
  readonly nodeLog: NodeLog;
}

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
  const { count, nice, ...rest } = options;
  return withSupervisor({ options: rest, count, nice, interrupts, nodeLog }, async ({ supervisor }) => {
    endBySignals(supervisor, interrupts, nodeLog.log);
    await supervisor.start();
    if (!interrupts.first.aborted) await onUp(supervisor.workers);
    await supervisor.closed;
  });
}

/** Has a supervisor, and health served, for as long as `action` takes; resolves to an exit code. */
export async function withSupervisor(
  { options, count, most = count, nice = 0, interrupts: { first, second }, nodeLog }: Supervision,
  action: (parts: { readonly supervisor: Supervisor; readonly keeper: PoolKeeper }) => Promise<void>,
): Promise<number> {
  const { log, stream: stderr } = nodeLog;
  const { functions, json, logLevel = "info", healthPort, healthHost, ...rest } = options;
  const { logFile, logFileBytes, logFileCount, memoryMb = memoryShareMb(most), ...others } = rest;
  const settings = { ...others, memoryMb };
  const { url, drainTimeoutMs, maxAttempts } = settings;
  const place = { healthPort, healthHost };
  const statekeeper = await unlessAborted(first, openStatekeeper(url, { ...settings, log }));
  try {
    const keeper = statekeeper.pool(parsePool(settings.pool));
    const book = await openMeasureBook(place);
    const modules = [...functions, workerModule.href];
    const started = { functions: modules, options: settings, logLevel, isMeasured: book !== undefined };
    const launcher = childLauncher({ stderr, clock: systemClock, nice, memoryMb });
    // one more than there are processors, since each start waits for Redis, too: with as many, or twice as many, all join later
    const mostStarting = availableParallelism() + 1;
    const supervisor = new Supervisor(
      { count, drainTimeoutMs, maxAttempts, settings: started },
      { keeper, log, stderr, book, launcher, mostStarting },
    );
    return await withHealth(place, { keeper, statekeeper, book, log, nodes: () => supervisor.workers }, async () => {
      try {
        await action({ supervisor, keeper });
      } finally {
        // where the action failed there may be workers that have joined
        await supervisor.stop();
      }
      return second.aborted ? exitCodeOfSignal(second.reason) : exitCodes.fine;
    });
  } finally {
    await statekeeper.close();
  }
}

/** A part that the first signal drains and the second stops at once. */
interface Ending {
  drain(): Promise<void>;
  stop(): Promise<void>;
}

export function endBySignals(workers: Ending, { first, second }: Interrupts, log: Logger): void {
  void untilAborted(first).then(() => {
    log.info({ signal: first.reason }, "draining the workers; a second signal stops them at once");
    return workers.drain();
  });
  void untilAborted(second).then(() => {
    log.warn({ signal: second.reason }, "stopping the workers at once");
    return workers.stop();
  });
}
