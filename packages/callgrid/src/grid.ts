/** A grid as users get it: single calls, and batches. */
import { addBatches, type Batching } from "@callgrid/batch";
import { type Grid as CallGrid, type ConnectOptions, connect as connectToCalls } from "@callgrid/client";
import { localGrid } from "./local-grid.ts";

/** A grid to enqueue requests to, and to run batches on. Get one from {@link connect}, and close it when done. */
export interface Grid extends CallGrid, Batching {}

/**
 * Connects to the grid on a Redis (7.0 or newer). The program can end only when the grid is closed.
 *
 * @param url - `redis://[user:password@]host[:port][/database]`, `rediss://…` for TLS, `unix:///path/to/socket`;
 *   default: the environment's `CALLGRID_URL`, else `redis://localhost:6379`.
 * @throws GridError `INVALID_OPTION` for a bad URL or option, `CONNECTION_FAILED` when no Redis answers within
 *   `connectTimeoutMs`, `REDIS_TOO_OLD` below version 7.
 * @example
 * ```ts
 * import { connect } from "callgrid";
 *
 * await using grid = await connect("redis://localhost:6379", { grid: "prices" });
 * console.log(await grid.enqueue("pool", ["ratio", 7]));
 * ```
 */
export async function connect(url?: string, options?: ConnectOptions): Promise<Grid> {
  return addBatches(await connectToCalls(url, options), { startLocalGrid: localGrid });
}
