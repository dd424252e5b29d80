/** `callgrid replay`: evaluates one request in this process, where a debugger can look at it. */
import { declareOptions, option, parsePool, valueFields } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { workerOptions } from "@callgrid/worker";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, functionsOption, outputOptions } from "../../command-line/common-options.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { pauseInDebugger, waitForDebugger } from "../../replay/debugging.ts";
import { type Replay, type ReplaySetting, replay } from "../../replay/replay.ts";
import { replayText } from "../../replay/replay-text.ts";
import { besideUserCode } from "../../replay/user-code.ts";
import { parseRequest } from "../../requests/request-text.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { failureFields } from "../../terminal/failure-text.ts";
import { type CliIo, writeJson, writeLine } from "../../terminal/io.ts";
import { OutcomePrinter } from "../../terminal/outcome-printer.ts";

const options = declareOptions({
  ...functionsOption,
  fresh: option.boolean({
    default: false,
    env: "CALLGRID_REPLAY_FRESH",
    description: "Evaluate calls here as well, and connect to no Redis.",
  }),
  inspect: option.boolean({
    default: false,
    env: "CALLGRID_REPLAY_INSPECT",
    description: "Wait for a debugger, and pause once the functions are loaded.",
  }),
  inspectPort: option.number({
    unit: "count",
    default: 9_229,
    min: 0,
    max: 65_535,
    env: "CALLGRID_REPLAY_INSPECT_PORT",
    description: "The port for the debugger, on the loopback address; 0: any that is free.",
  }),
  codeVersion: workerOptions.codeVersion,
  dataFolder: workerOptions.dataFolder,
  ...connectionOptions,
  ...outputOptions,
});

export const replayCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    `callgrid replay pool '["ratio",7]' --functions functions.ts`,
    `callgrid replay pool '["ratio",7]' --functions functions.ts --inspect`,
    `callgrid replay pool '["ratio",7]' --functions functions.ts --fresh`,
  ],
  // No listener to signals: nothing is to be cleaned up, and a function that never yields can be interrupted.
  async run({ operands: [name = "", text = ""], options, io }) {
    const pool = parsePool(name);
    const request = parseRequest(text, "the request");
    const { url, grid, connectTimeoutMs, logLevel = "warn", fresh, inspect, inspectPort } = options;
    const log = makeLog(logLevel, await logStream(io));
    if (inspect) waitForDebugger(inspectPort);
    const statekeeper = fresh ? undefined : await openStatekeeper(url, { grid, connectTimeoutMs, log });
    const onLoaded = inspect ? pauseInDebugger : () => undefined;
    const setting: ReplaySetting = { ...options, pool, kept: statekeeper?.pool(pool), log, onLoaded };
    try {
      return await print(io, options.json, await besideUserCode(() => replay(request, setting)));
    } finally {
      await statekeeper?.close();
    }
  },
};

async function print(io: CliIo, json: boolean, { outcome, functions }: Replay): Promise<number> {
  const { stdout, stderr, env } = io;
  if (json) {
    const fields = "error" in outcome ? { error: failureFields(outcome.error) } : valueFields(outcome.value);
    await writeJson(stdout, { ...fields, functions });
  } else {
    await new OutcomePrinter(io, { json, isOneOfMany: false }).print({ index: 0, outcome });
    await writeLine(
      stderr,
      replayText(functions, { isTerminal: stderr.isTTY === true, colors: colorsOf(stderr, env) }),
    );
  }
  return "error" in outcome ? exitCodes.failed : exitCodes.fine;
}
