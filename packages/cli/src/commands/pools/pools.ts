/** `callgrid pools`: which pools a grid has, who is in them, and when they were used last. */
import { openStatekeeper, PoolCatalog, type PoolState } from "@callgrid/statekeeper";
import type { CommandSpec } from "../../command-line/command.ts";
import { poolCommandOptions } from "../../command-line/common-options.ts";
import { unlessAborted, untilInterrupted } from "../../command-line/interrupts.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { colorsOf } from "../../terminal/colors.ts";
import { durationText } from "../../terminal/durations.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { writeJson, writeLine } from "../../terminal/io.ts";
import { tableText } from "../../terminal/table.ts";

/** A pool in the list. */
interface ListedPool {
  readonly pool: string;
  /** Members whose lease is alive. */
  readonly workers: number;
  readonly distributors: number;
  readonly clients: number;
  readonly queued: number;
  /** Undefined where Redis does not say. */
  readonly idleMs: number | undefined;
}

export const poolsCommand: CommandSpec<typeof poolCommandOptions> = {
  options: poolCommandOptions,
  examples: ["callgrid pools", "callgrid pools --json | jq '.[] | select(.workers == 0).pool'"],
  async run({ options, io }) {
    const { url, logLevel = "warn" } = options;
    const log = makeLog(logLevel, await logStream(io));
    const pools = await untilInterrupted(io, async (first) => {
      const statekeeper = await unlessAborted(first, openStatekeeper(url, { ...options, log }));
      const catalog = await PoolCatalog.open(url, options);
      try {
        const listed: ListedPool[] = [];
        for (const pool of await catalog.pools()) {
          // before it is looked at, which would be a use
          const idleMs = await catalog.idleMs(pool);
          listed.push(listedPool(await unlessAborted(first, statekeeper.pool(pool).inspect()), idleMs));
        }
        return listed;
      } finally {
        catalog.close();
        await statekeeper.close();
      }
    });
    if (options.json) await writeJson(io.stdout, pools);
    else
      await writeLine(
        io.stdout,
        poolsText(pools, {
          grid: options.grid,
          isTerminal: io.stdout.isTTY === true,
          colors: colorsOf(io.stdout, io.env),
        }),
      );
    return exitCodes.fine;
  },
};

function listedPool({ pool, members, clients, queued }: PoolState, idleMs: number | undefined): ListedPool {
  const alive = (kind: string): number =>
    members.filter((member) => member.kind === kind && member.leaseLeftMs > 0).length;
  return { pool, workers: alive("worker"), distributors: alive("distributor"), clients, queued, idleMs };
}

function poolsText(
  pools: readonly ListedPool[],
  { grid, ...style }: Parameters<typeof tableText>[1] & { readonly grid: string },
): string {
  if (pools.length === 0) return `grid "${grid}" has no pools`;
  const rows = pools.map(({ pool, workers, distributors, clients, queued, idleMs }) => [
    ...[pool, String(workers), String(distributors), String(clients), String(queued)],
    idleMs === undefined ? "not known" : `${durationText(idleMs)} ago`,
  ]);
  return tableText({ heads: ["pool", "workers", "distributors", "clients", "queued", "last used"], rows }, style);
}
