/** `callgrid cache`: the results that a pool keeps. */
import { explainRequest, readCacheStats, readMismatches } from "@callgrid/client";
import { declareOptions, encodeRequest, invalidOption, option, shortText } from "@callgrid/core";
import type { PoolKeeper } from "@callgrid/statekeeper";
import { explanationText } from "../../cache/explanation-text.ts";
import { type Forgotten, readForgotten } from "../../cache/forgotten.ts";
import { mismatchesText } from "../../cache/mismatches-text.ts";
import { statsText } from "../../cache/stats-text.ts";
import { cacheActionNames } from "../../command-line/action-names.ts";
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { withPool } from "../../pools/pool-session.ts";
import { parseRequest } from "../../requests/request-text.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { confirm } from "../../terminal/confirmation.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({
  ...poolCommandOptions,
  dryRun: option.boolean({
    default: false,
    env: "CALLGRID_CACHE_DRY_RUN",
    description: "Show what would be forgotten, and forget nothing.",
  }),
  yes: option.boolean({ default: false, env: "CALLGRID_CACHE_YES", description: "Forget it without asking." }),
});

/** What one action needs. */
interface Asked {
  readonly io: CliIo;
  /** What follows the pool. */
  readonly text: string | undefined;
  readonly dryRun: boolean;
  readonly yes: boolean;
}

/** The fields of `--json`, and the text for people. */
interface Answer {
  readonly fields: object;
  readonly text: string;
}

const shownCharacters = 80;

const actions: Readonly<
  Record<(typeof cacheActionNames)[number], (keeper: PoolKeeper, asked: Asked) => Promise<Answer>>
> = {
  explain: async (keeper, { text }) => {
    const meant = encodeRequest(parseRequest(needed(text, "explain", "a request"), "the request"));
    const explanation = await explainRequest(keeper, meant);
    return { fields: explanation, text: explanationText(explanation) };
  },
  stats: async (keeper, { text, io: { stdout, env } }) => {
    if (text !== undefined) throw invalidOption("cache stats", `does not take ${text}`);
    const stats = await readCacheStats(keeper);
    const style = { isTerminal: stdout.isTTY === true, colors: colorsOf(stdout, env) };
    return { fields: stats, text: statsText(stats, style) };
  },
  verify: async (keeper, { text }) => {
    if (text !== undefined) throw invalidOption("cache verify", `does not take ${text}`);
    const mismatches = await readMismatches(keeper);
    return { fields: { pool: keeper.pool, mismatches }, text: mismatchesText(keeper.pool, mismatches) };
  },
  forget: async (keeper, { text, io, dryRun, yes }) => {
    const what = await readForgotten(keeper, needed(text, "forget", "a request or the name of a function"));
    const { shown, isNothing } = await shownForgotten(keeper, what);
    if (!dryRun && !yes && "functionName" in what) {
      const question = `Forget ${shown}?`;
      await confirm(io, { question, expected: what.functionName, otherwise: "nothing was forgotten" });
    }
    if (!dryRun) await keeper.forget(what);
    const fields = { pool: keeper.pool, forgotten: dryRun || isNothing ? null : what };
    return { fields, text: `${shown}: ${dryRun || isNothing ? "nothing was forgotten" : "forgotten"}` };
  },
};

export const cacheCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    `callgrid cache explain pool '["ratio",7]'`,
    `callgrid cache explain pool '["ratio",7]' --json | jq .use`,
    "callgrid cache stats pool",
    "callgrid cache verify pool",
    "callgrid cache forget pool ratio --dry-run",
  ],
  async run({ operands: [name = "", pool = "", text], options, io }) {
    const action = actionOf(name);
    const { fields, text: shown } = await withPool(io, { ...options, pool }, (keeper) =>
      action(keeper, { ...options, io, text }),
    );
    await (options.json ? writeJson(io.stdout, fields) : writeLine(io.stdout, shown));
    return exitCodes.fine;
  },
};

function actionOf(name: string): (typeof actions)["explain"] {
  const known = cacheActionNames.find((each) => each === name);
  if (known !== undefined) return actions[known];
  const shown = JSON.stringify(shortText(name, shownCharacters));
  throw invalidOption("cache", `has no action ${shown}; there are ${cacheActionNames.join(", ")}`);
}

function needed(text: string | undefined, action: string, what: string): string {
  if (text === undefined) throw invalidOption(`cache ${action}`, `needs ${what}`);
  return text;
}

/** How many results of a function are kept is not known without reading all of them. */
async function shownForgotten(keeper: PoolKeeper, what: Forgotten): Promise<{ shown: string; isNothing: boolean }> {
  if ("id" in what) {
    const isNothing = (await keeper.inspectResult(what.id)) === undefined;
    return { shown: isNothing ? "no kept result" : "one kept result", isNothing };
  }
  const { counters } = await keeper.inspect();
  const hits = counters[`hits:${what.functionName}`] ?? 0;
  const shown = `all results of "${what.functionName}", with ${hits} ${hits === 1 ? "hit" : "hits"} so far`;
  return { shown, isNothing: false };
}
