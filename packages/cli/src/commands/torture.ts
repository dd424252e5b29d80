/** `callgrid torture`: breaks a grid on the user's own Redis in every way it can, and shows that nothing got lost. */
import { randomInt } from "node:crypto";
import { declareOptions, option } from "@callgrid/core";
import type { CommandSpec } from "../command-line/command.ts";
import { connectionOptions, outputOptions } from "../command-line/common-options.ts";
import { unlessAborted, withInterrupts } from "../command-line/interrupts.ts";
import { logStream, makeLog } from "../logs/log.ts";
import { colorsOf } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../terminal/io.ts";
import { torture } from "../torture/torture.ts";
import { tortureReport } from "../torture/torture-report.ts";

const msPerMinute = 60_000;
const mostSeeds = 2 ** 31;

const options = declareOptions({
  url: connectionOptions.url,
  connectTimeoutMs: connectionOptions.connectTimeoutMs,
  minutes: option.number({
    unit: "count",
    fractions: true,
    default: 1,
    min: 0.01,
    max: 10_000,
    description: "For how many minutes.",
  }),
  workers: option.number({
    unit: "count",
    default: 2,
    min: 1,
    max: 1_000,
    description: "How many worker processes to torture.",
  }),
  clients: option.number({
    unit: "count",
    default: 2,
    min: 1,
    max: 1_000,
    description: "How many clients ask, 32 requests at a time each.",
  }),
  seed: option.number({
    unit: "count",
    optional: true,
    min: 0,
    max: mostSeeds - 1,
    description: "What requests and faults are drawn from; default: a random one, which is printed.",
  }),
  ...outputOptions,
});

export const tortureCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid torture --url redis://localhost:6379 --minutes 5",
    "callgrid torture --minutes 1 --workers 4 --seed 7 --json",
  ],
  async run({ options: { minutes, seed = randomInt(mostSeeds), json, logLevel, ...settings }, io }) {
    const { stdout, env } = io;
    const stderr = await logStream(io);
    // The torture breaks links and processes on purpose, so their warnings are left out.
    const log = makeLog(logLevel ?? "error", stderr);
    return withInterrupts(io, async ({ first, second }) => {
      if (!json) await writeLine(stdout, `seed ${seed}`);
      const run = torture({ ...settings, seed, lastsMs: minutes * msPerMinute }, { log, stderr, signal: first });
      const result = await unlessAborted(second, run);
      const style = { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) };
      await (json ? writeJson(stdout, result) : writeLine(stdout, tortureReport(result, style)));
      return result.violations.length === 0 ? exitCodes.fine : exitCodes.failed;
    });
  },
};
