/** `callgrid runner`: carries durable runs out, until a signal ends it. */
import { runnerOptions } from "@callgrid/batch";
import type { Runner } from "@callgrid/batch/runs";
import { connect } from "@callgrid/client";
import { declareOptions } from "@callgrid/core";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, outputOptions } from "../../command-line/common-options.ts";
import { unlessAborted, untilAborted, withInterrupts } from "../../command-line/interrupts.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson } from "../../terminal/io.ts";

const options = declareOptions({ ...runnerOptions, ...connectionOptions, ...outputOptions });

export const runnerCommand: CommandSpec<typeof options> = {
  options,
  examples: ["callgrid runner", "callgrid runner --concurrency 4 --lock-ms 30s"],
  async run({ options: given, io }) {
    const { url, grid, connectTimeoutMs, logLevel = "info", json } = given;
    const log = makeLog(logLevel, await logStream(io));
    return withInterrupts(io, async ({ first, second }) => {
      const client = await unlessAborted(first, connect(url, { grid, connectTimeoutMs, log }));
      const onError = (error: Error): void =>
        log.warn({ err: error }, "a runner's own connection or progress had trouble");
      let runner: Runner | undefined;
      try {
        const runs = await import("@callgrid/batch/runs");
        runner = new runs.Runner({ url, grid, client, options: given, onError });
        await unlessAborted(first, runner.start());
        log.info({ grid }, "the runner takes runs");
        if (json) await writeJson(io.stdout, { grid });
        await untilAborted(first);
        log.info({ signal: first.reason }, "runner ends; another runner takes over its unfinished runs");
        return exitCodes.fine;
      } finally {
        await unlessAborted(second, runner?.stop() ?? Promise.resolve());
        await unlessAborted(second, client.close());
      }
    });
  },
};
