/** `callgrid enqueue`: requests to a pool, outcomes back in order. */
import { clientOptions, connect, enqueueOptions } from "@callgrid/client";
import { declareOptions } from "@callgrid/core";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, outputOptions } from "../../command-line/common-options.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { evaluateRequests } from "../../requests/evaluate-requests.ts";

const options = declareOptions({
  ...connectionOptions,
  ...enqueueOptions,
  window: clientOptions.window,
  ...outputOptions,
});

export const enqueueCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    `callgrid enqueue pool '["ratio",7]'`,
    `callgrid enqueue pool '["ratio",7]' '["ratio",8]' --json`,
    `seq 1 1000 | sed 's/.*/["ratio",&]/' | callgrid enqueue pool -`,
  ],
  async run({
    operands,
    options: { url, grid, connectTimeoutMs, timeoutMs, cache, priority, window, json, logLevel },
    io,
  }) {
    const [pool = "", ...texts] = operands;
    const log = makeLog(logLevel ?? "warn", await logStream(io));
    const open = () => connect(url, { grid, connectTimeoutMs, log });
    return evaluateRequests(io, {
      pool,
      texts,
      json,
      options: { window, timeoutMs, cache, priority },
      open,
    });
  },
};
