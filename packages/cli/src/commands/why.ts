/** `callgrid why`: where a request is, and what must happen for it to go on. */
import { cycleThrough, type ObservedPool } from "@callgrid/statekeeper";
import type { CommandSpec } from "../command-line/command.ts";
import { poolCommandOptions } from "../command-line/common-options.ts";
import { withPool } from "../pools/pool-session.ts";
import { explainRequest, type RequestSituation } from "../pools/request-explanation.ts";
import { type MeantRequest, parseRequestOrId } from "../requests/request-text.ts";
import { colorsOf } from "../terminal/colors.ts";
import { exitCodes } from "../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../terminal/io.ts";

// Enough to see which of many children hold a request up; each is a round trip.
const shownChildren = 20;
const cycleSteps = 10_000;

export const whyCommand: CommandSpec<typeof poolCommandOptions> = {
  name: "why",
  summary: "Tell where a request is, who waits for it and for whom it waits, and what must happen next.",
  operands: [
    ["<pool>", "the pool's id"],
    ["<request>", "the request as JSON, or its id"],
  ],
  options: poolCommandOptions,
  examples: [`callgrid why pool '["ratio",7]'`, "callgrid why pool x3Jf0aQ9Zk1mB7sT5uVw2e --json"],
  async run({ operands: [pool = "", request = ""], options, io }) {
    const meant = parseRequestOrId(request);
    const situation = await withPool(io, { ...options, pool }, (keeper) => look(keeper, meant));
    const story = explainRequest(situation);
    const { stdout, env } = io;
    const colors = colorsOf(stdout, env);
    const text = [
      `${colors.bold(meant.id)} ${situation.request?.payload ?? ""}`.trimEnd(),
      story.where,
      ...story.facts,
      colors.bold(story.next),
    ];
    await (options.json ? writeJson(stdout, { ...story, ...situation, pool }) : writeLine(stdout, text.join("\n")));
    return exitCodes.fine;
  },
};

async function look(keeper: ObservedPool, { id, functionName }: MeantRequest): Promise<RequestSituation> {
  const [pool, request] = await Promise.all([keeper.inspect(), keeper.inspectRequest(id)]);
  const children = (request?.waitsFor ?? []).slice(0, shownChildren);
  const waitsFor = await Promise.all(
    children.map(async (child) => ({ id: child, request: await keeper.inspectRequest(child) })),
  );
  const cycle = request?.state === "suspended" ? cycleThrough(id, await keeper.followWaits([id], cycleSteps)) : [];
  return { id, functionName, pool, request, waitsFor, cycle };
}
