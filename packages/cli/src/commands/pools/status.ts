/** `callgrid status`: the state of a pool, and why nothing moves in it. */

import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { lookAtPool } from "../../pools/pool-look.ts";
import { poolReport } from "../../pools/pool-report.ts";
import { withPool } from "../../pools/pool-session.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../../terminal/io.ts";

export const statusCommand: CommandSpec<typeof poolCommandOptions> = {
  options: poolCommandOptions,
  examples: ["callgrid status pool", "callgrid status pool --json | jq .queued"],
  async run({ operands: [pool = ""], options, io }) {
    const reported = await withPool(io, { ...options, pool }, async (_, statekeeper) => ({
      ...(await lookAtPool(statekeeper, pool)),
      address: statekeeper.address,
    }));
    const { stdout, env } = io;
    const style = { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) };
    const { functions, ...state } = reported.state;
    const fields = {
      ...state,
      functions: { epoch: functions.epoch, functions: Object.fromEntries(functions.functions) },
    };
    await (options.json ? writeJson(stdout, fields) : writeLine(stdout, poolReport(reported, style)));
    return exitCodes.fine;
  },
};
