/** `callgrid worker`: worker processes for a pool under a supervisor, until a signal ends it. */
import { parsePool } from "@callgrid/core";
import type { CommandSpec } from "../../command-line/command.ts";
import { withInterrupts } from "../../command-line/interrupts.ts";
import { withLog } from "../../logs/log.ts";
import { runWorkers, workersOptions } from "../../nodes/run-workers.ts";
import { writeJson } from "../../terminal/io.ts";

export const workerCommand: CommandSpec<typeof workersOptions> = {
  options: workersOptions,
  examples: [
    "callgrid worker --pool pool --functions functions.ts --count 4",
    "callgrid worker --pool pool --functions dist/functions.js --slots 10",
  ],
  async run({ options, io }) {
    const pool = parsePool(options.pool);
    const onUp = async (workers: readonly string[]): Promise<void> => {
      if (options.json) await writeJson(io.stdout, { pool, workers });
    };
    const logPlace = { ...options, logLevel: options.logLevel ?? "info" };
    return withLog(io, logPlace, (nodeLog) =>
      withInterrupts(io, (interrupts) => runWorkers({ options, interrupts, nodeLog, onUp })),
    );
  },
};
