/** `callgrid why`: where a request is, and what must happen for it to go on. */
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { withPool } from "../../pools/pool-session.ts";
import { explainRequest } from "../../pools/request-explanation.ts";
import { lookAtRequest } from "../../pools/request-look.ts";
import { parseRequestOrId } from "../../requests/request-text.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../../terminal/io.ts";

export const whyCommand: CommandSpec<typeof poolCommandOptions> = {
  options: poolCommandOptions,
  examples: [`callgrid why pool '["ratio",7]'`, "callgrid why pool x3Jf0aQ9Zk1mB7sT5uVw2e --json"],
  async run({ operands: [pool = "", request = ""], options, io }) {
    const meant = parseRequestOrId(request);
    const situation = await withPool(io, { ...options, pool }, (keeper) => lookAtRequest(keeper, meant));
    const story = explainRequest(situation);
    const { stdout, env } = io;
    const colors = colorsOf(stdout, env);
    // the errors of requests are not kept, so that this is what is known of one that has failed
    const isUnknown = situation.request === undefined && meant.functionName !== undefined;
    const replay = isUnknown ? replayCommandLine(pool, request) : undefined;
    const text = [
      `${colors.bold(meant.id)} ${situation.request?.payload ?? ""}`.trimEnd(),
      story.where,
      ...story.facts,
      colors.bold(story.next),
      ...(replay === undefined ? [] : [`To evaluate it in this shell: ${replay}`]),
    ];
    await (options.json
      ? writeJson(stdout, { ...story, ...situation, pool, replay })
      : writeLine(stdout, text.join("\n")));
    return exitCodes.fine;
  },
};

function replayCommandLine(pool: string, request: string): string {
  return `callgrid replay ${pool} '${request.replaceAll("'", "'\\''")}' --functions <file>`;
}
