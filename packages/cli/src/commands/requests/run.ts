/** `callgrid run`: one shot on an embedded grid, with nothing else to start. */
import { enqueueOptions } from "@callgrid/client";
import { declareOptions, option } from "@callgrid/core";
import { workerOptions } from "@callgrid/worker";
import type { CommandSpec } from "../../command-line/command.ts";
import { functionsOption, outputOptions } from "../../command-line/common-options.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { evaluateRequests } from "../../requests/evaluate-requests.ts";

const options = declareOptions({
  ...functionsOption,
  workers: option.number({
    unit: "count",
    optional: true,
    min: 1,
    max: 1_000,
    description: "How many worker threads to run; default: one for each CPU that this process may use.",
  }),
  tags: workerOptions.tags,
  timeoutMs: enqueueOptions.timeoutMs,
  ...outputOptions,
});

// A bound on what is open at once; with the workers in this process there is no distance to bridge.
const window = 1_000;

export const runCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    `callgrid run --functions functions.ts '["ratio",7]'`,
    `callgrid run --functions functions.ts --workers 4 - < requests.ndjson`,
  ],
  async run({ operands, options: { functions, workers, tags, timeoutMs, json, logLevel }, io, embedded }) {
    const log = makeLog(logLevel ?? "warn", await logStream(io));
    // The embedded grid has one pool only, under this name.
    const pool = "pool";
    const open = () => embedded.localGrid({ functions, workers, tags, log });
    return evaluateRequests(io, { pool, texts: operands, json, options: { window, timeoutMs }, open });
  },
};
