/** `callgrid forget`: drops kept results, so that they are evaluated again. */
import { encodeRequest, requestId } from "@callgrid/core";
import { writeLine } from "../cli-io.ts";
import type { CommandSpec } from "../command.ts";
import { poolCommandOptions } from "../common-options.ts";
import { exitCodes } from "../exit-codes.ts";
import { withPool } from "../pool-session.ts";
import { parseRequest } from "../request-text.ts";

export const forgetCommand: CommandSpec<typeof poolCommandOptions> = {
  name: "forget",
  summary: "Forget the kept result of a request, or all kept results of a function.",
  operands: [
    ["<pool>", "the pool's id"],
    ["<request-or-function>", "a request as JSON, or the name of a function"],
  ],
  options: poolCommandOptions,
  examples: [`callgrid forget pool '["ratio",7]'`, "callgrid forget pool ratio"],
  async run({ operands: [pool = "", text = ""], options, io }) {
    const what = text.trimStart().startsWith("[")
      ? { id: idOf(text) }
      : { functionName: encodeRequest([text]).functionName };
    await withPool(io, { ...options, pool }, (keeper) => keeper.forget(what));
    if (options.json) await writeLine(io.stdout, JSON.stringify({ pool, forgotten: what }));
    return exitCodes.fine;
  },
};

function idOf(text: string): string {
  return requestId(encodeRequest(parseRequest(text, "the request")).canonical);
}
