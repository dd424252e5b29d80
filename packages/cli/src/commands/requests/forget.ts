/** `callgrid forget`: drops kept results, so that they are evaluated again. */
import { didYouMean, encodeRequest, GridError, nearestNames, requestId } from "@callgrid/core";
import type { CallerPool, ObservedPool } from "@callgrid/statekeeper";
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { withPool } from "../../pools/pool-session.ts";
import { parseRequest } from "../../requests/request-text.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson } from "../../terminal/io.ts";

export const forgetCommand: CommandSpec<typeof poolCommandOptions> = {
  options: poolCommandOptions,
  examples: [`callgrid forget pool '["ratio",7]'`, "callgrid forget pool ratio"],
  async run({ operands: [pool = "", text = ""], options, io }) {
    const functionName = text.trimStart().startsWith("[") ? undefined : encodeRequest([text]).functionName;
    const what = functionName === undefined ? { id: idOf(text) } : { functionName };
    await withPool(io, { ...options, pool }, async (keeper) => {
      if (functionName !== undefined) await refuseUnknown(keeper, functionName);
      await keeper.forget(what);
    });
    if (options.json) await writeJson(io.stdout, { pool, forgotten: what });
    return exitCodes.fine;
  },
};

/** A slip in the name would otherwise forget nothing, and say nothing. */
async function refuseUnknown(keeper: CallerPool & ObservedPool, functionName: string): Promise<void> {
  const names = [...(await keeper.functions()).functions.keys()];
  if (names.includes(functionName)) return;
  const nearest = nearestNames(functionName, names);
  const message = `pool "${keeper.pool}" never had a function "${functionName}"${didYouMean(nearest)}`;
  throw new GridError("UNKNOWN_FUNCTION", message, { details: { functionName, nearest } });
}

function idOf(text: string): string {
  return requestId(encodeRequest(parseRequest(text, "the request")).canonical);
}
