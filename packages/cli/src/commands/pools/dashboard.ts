/** `callgrid dashboard`: a page that shows the pools of a grid as they work, until a signal comes. */
import { declareOptions } from "@callgrid/core";
import { openRedisSource, type RunningDashboard, serveDashboard } from "@callgrid/dashboard";
import type { CommandSpec } from "../../command-line/command.ts";
import { connectionOptions, dashboardOptions, outputOptions } from "../../command-line/common-options.ts";
import { unlessAborted, untilAborted, untilInterrupted } from "../../command-line/interrupts.ts";
import { dashboardWords } from "../../dashboards/dashboard-words.ts";
import { logStream, makeLog } from "../../logs/log.ts";
import { exitCodes } from "../../terminal/exit-codes.ts";
import { type CliIo, writeJson, writeLine } from "../../terminal/io.ts";

const options = declareOptions({ ...connectionOptions, ...dashboardOptions, ...outputOptions });

export const dashboardCommand: CommandSpec<typeof options> = {
  options,
  examples: [
    "callgrid dashboard",
    "CALLGRID_DASHBOARD_TOKEN=… callgrid dashboard --url redis://redis.internal:6379 --host 0.0.0.0",
  ],
  async run({ options, io }) {
    const { url, grid, connectTimeoutMs, json, logLevel, token, operatorToken, adminToken, hideValues, ...place } =
      options;
    const log = makeLog(logLevel ?? "warn", await logStream(io));
    await untilInterrupted(io, async (first) => {
      const opening = openRedisSource({ url, grid, connectTimeoutMs, log, words: dashboardWords(grid) });
      const source = await unlessAborted(first, opening);
      try {
        const tokens = { viewer: token, operator: operatorToken, admin: adminToken };
        const dashboard = await serveDashboard(source, { ...place, tokens, hidesValues: hideValues });
        try {
          await (json ? writeJson(io.stdout, { url: openingUrl(dashboard) }) : announce(io, dashboard));
          await untilAborted(first);
        } finally {
          await dashboard.stop();
        }
      } finally {
        await source.close();
      }
    });
    return exitCodes.fine;
  },
};

async function announce(io: CliIo, dashboard: RunningDashboard): Promise<void> {
  await writeLine(io.stderr, `dashboard at ${openingUrl(dashboard)}`);
  if (dashboard.madeToken !== undefined)
    await writeLine(io.stderr, "its token was made for this start; CALLGRID_DASHBOARD_TOKEN sets one that stays");
}

function openingUrl({ url, madeToken }: RunningDashboard): string {
  return madeToken === undefined ? url : `${url}?token=${madeToken}`;
}
