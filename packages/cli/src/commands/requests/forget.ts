/** `callgrid forget`: drops kept results, so that they are evaluated again. */
import { readForgotten } from "../../cache/forgotten.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { withPool } from "../../pools/pool-session.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson } from "../../terminal/io.ts";

export const forgetCommand: CommandSpec<typeof poolCommandOptions> = {
  options: poolCommandOptions,
  examples: [`callgrid forget pool '["ratio",7]'`, "callgrid forget pool ratio"],
  async run({ operands: [pool = "", text = ""], options, io }) {
    const forgotten = await withPool(io, { ...options, pool }, async (keeper) => {
      const what = await readForgotten(keeper, text);
      await keeper.forget(what);
      return what;
    });
    if (options.json) await writeJson(io.stdout, { pool, forgotten });
    return exitCodes.fine;
  },
};
