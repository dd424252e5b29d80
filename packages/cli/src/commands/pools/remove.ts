/** `callgrid remove`: removes a pool with everything in it, after it has shown the content and got a confirmation. */
import { declareOptions, GridError, option } from "@callgrid/core";
import { type KeyCounts, PoolCatalog, type PoolState } from "@callgrid/statekeeper";
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { withPool } from "../../pools/pool-session.ts";
import { confirm } from "../../terminal/confirmation.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({
  ...poolCommandOptions,
  dryRun: option.boolean({
    default: false,
    env: "CALLGRID_REMOVE_DRY_RUN",
    description: "Show what would be removed, and remove nothing.",
  }),
  yes: option.boolean({ default: false, env: "CALLGRID_REMOVE_YES", description: "Remove it without asking." }),
  force: option.boolean({
    default: false,
    env: "CALLGRID_REMOVE_FORCE",
    description: "Remove it although members of it are alive.",
  }),
});

export const removeCommand: CommandSpec<typeof options> = {
  options,
  examples: ["callgrid remove pool --dry-run", "callgrid remove pool --yes"],
  async run({ operands: [pool = ""], options, io }) {
    const { url, dryRun, yes, force, json } = options;
    const state = await withPool(io, { ...options, pool }, (keeper) => keeper.inspect());
    const catalog = await PoolCatalog.open(url, options);
    try {
      const counts = await catalog.count(pool);
      const keys = [...counts.values()].reduce((sum, count) => sum + count, 0);
      if (keys === 0)
        throw invalid("pool", `grid "${options.grid}" has no pool "${pool}"; callgrid pools lists all pools`);
      await writeLine(io.stderr, contentText(state, counts));
      if (!dryRun) await refuse(io, { state, yes, force, keys });
      const removed = dryRun ? 0 : await catalog.remove(pool);
      if (json) await writeJson(io.stdout, { pool, keys: Object.fromEntries(counts), removed });
      else await writeLine(io.stderr, dryRun ? "nothing was removed" : `${removed} keys were removed`);
      return exitCodes.fine;
    } finally {
      catalog.close();
    }
  },
};

function contentText({ pool, queued, members }: PoolState, counts: KeyCounts): string {
  const kinds = [...counts].sort().map(([kind, count]) => `${kind} ${count}`);
  return `pool "${pool}": ${queued} requests queued, ${members.length} members; keys: ${kinds.join(", ")}`;
}

interface Removal {
  readonly state: PoolState;
  readonly yes: boolean;
  readonly force: boolean;
  readonly keys: number;
}

/** Throws unless the pool may be removed and the user has confirmed it. */
async function refuse(io: CliIo, { state, yes, force, keys }: Removal): Promise<void> {
  const { pool, members } = state;
  const alive = members.filter(({ leaseLeftMs }) => leaseLeftMs > 0).map(({ id }) => id);
  if (alive.length > 0 && !force) {
    const shown = alive.slice(0, mostShown).join(", ");
    throw invalid(
      "force",
      `pool "${pool}" has ${alive.length} live members (${shown}): stop them first, or give --force`,
    );
  }
  if (yes) return;
  await confirm(io, {
    question: `Remove all ${keys} keys of pool "${pool}"?`,
    expected: pool,
    otherwise: "nothing was removed",
  });
}

const mostShown = 5;

function invalid(path: string, message: string): GridError {
  return new GridError("INVALID_OPTION", `${path}: ${message}`, { details: { path } });
}
