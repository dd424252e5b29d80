/** `callgrid worker`: worker processes for a pool under a supervisor, until it is told to end. */
import { workerModule } from "@callgrid/batch";
import { declareOptions, type OptionsResolved, option, parsePool } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { Supervisor, workerOptions } from "@callgrid/worker";
import type { Logger } from "pino";
import { type CliIo, writeLine } from "../cli-io.ts";
import type { CommandSpec } from "../command.ts";
import {
  connectionOptions,
  functionsOption,
  healthOptions,
  logFileOptions,
  outputOptions,
  poolOption,
} from "../common-options.ts";
import { exitCodeOfSignal, exitCodes } from "../exit-codes.ts";
import { type Interrupts, unlessAborted, withInterrupts } from "../interrupts.ts";
import { type NodeLog, withLog } from "../log.ts";
import { openMeasureBook, withHealth } from "../node-health.ts";

const options = declareOptions({
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

export const workerCommand: CommandSpec<typeof options> = {
  name: "worker",
  summary:
    "Evaluate a pool's requests in worker processes. Ctrl-C and SIGTERM drain them, a second one stops them at once.",
  operands: [],
  options,
  examples: [
    "callgrid worker --pool pool --functions functions.ts --count 4",
    "callgrid worker --pool pool --functions dist/functions.js --slots 10",
  ],
  async run({ options, io }) {
    const logPlace = { ...options, logLevel: options.logLevel ?? "info" };
    return withLog(io, logPlace, (nodeLog) =>
      withInterrupts(io, (interrupts) => runWorkers({ options, io, interrupts, nodeLog })),
    );
  },
};

interface WorkersRun {
  readonly options: OptionsResolved<typeof options>;
  readonly io: CliIo;
  readonly interrupts: Interrupts;
  readonly nodeLog: NodeLog;
}

async function runWorkers({ options, io, interrupts, nodeLog: { log, stream: stderr } }: WorkersRun): Promise<number> {
  const { count, functions, json, logLevel = "info", healthPort, healthHost, ...rest } = options;
  const { logFile, logFileBytes, logFileCount, ...settings } = rest;
  const { url, drainTimeoutMs, maxAttempts } = settings;
  const pool = parsePool(settings.pool);
  const place = { healthPort, healthHost };
  const { first, second } = interrupts;
  const statekeeper = await unlessAborted(first, openStatekeeper(url, { ...settings, log }));
  try {
    const keeper = statekeeper.pool(pool);
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
      if (json && !first.aborted) await writeLine(io.stdout, JSON.stringify({ pool, workers: supervisor.workers }));
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
