/** The way from a URL to a grid. */
import { GridError } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { loadTracing } from "@callgrid/tracing";
import type { Grid } from "./grid.ts";
import { GridClient } from "./grid-client.ts";
import { type ConnectOptions, resolveClientOptions } from "./options/client-options.ts";
import { makeDefaultLog } from "./options/log.ts";

const defaultUrl = "redis://localhost:6379";

/**
 * Connects to the grid on a Redis (7.0 or later, or Valkey 8 or later). The program can end only when the grid is closed.
 *
 * @param url - `redis://[user:password@]host[:port][/database]`, `unix:///path/to/socket`, a Cluster's
 *   `redis+cluster://[user:password@]host[:port],host[:port]…`, or `redis+sentinel://[user:password@]host[:port],…/primary[/database]` of
 *   Sentinels; `rediss…` for TLS; default: the environment's `CALLGRID_URL`, else `redis://localhost:6379`.
 * @throws GridError `INVALID_OPTION` for a bad URL or option, `CONNECTION_FAILED` when no Redis answers within
 *   `connectTimeoutMs`, `REDIS_TOO_OLD` below version 7.
 * @example
 * ```ts
 * import { connect } from "callgrid";
 *
 * await using grid = await connect("redis://localhost:6379", { grid: "prices" });
 * console.log(await grid.enqueue("pool", ["ratio", 7]));
 * ```
 * @public
 */
export async function connect(url?: string, options: ConnectOptions = {}): Promise<Grid> {
  const settings = resolveClientOptions(options);
  const { log = makeDefaultLog() } = options;
  const { grid, connectTimeoutMs } = settings;
  const statekeeper = await openStatekeeper(chooseUrl(url), { grid, connectTimeoutMs, log });
  const tracing = await loadTracing();
  return new GridClient({ statekeeper, settings, log, tracing, onClose: () => statekeeper.close() });
}

function chooseUrl(given: string | undefined): string {
  const url: unknown = given ?? (process.env["CALLGRID_URL"] || defaultUrl);
  if (typeof url !== "string")
    throw new GridError("INVALID_OPTION", "connect: the URL must be a text; options come second", {
      details: { path: "url" },
    });
  if (!url.startsWith("memory:")) return url;
  throw new GridError(
    "INVALID_OPTION",
    "memory: is the embedded grid, which is started with localGrid(), not connected to",
  );
}
