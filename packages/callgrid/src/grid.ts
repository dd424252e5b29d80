/** A grid as users get it: single calls, and batches. */
import { addBatches, type Batching, type RunPlace, type RunSpec } from "@callgrid/batch";
import {
  type Grid as CallGrid,
  type ConnectOptions,
  connect as connectToCalls,
  resolveClientOptions,
} from "@callgrid/client";
import { localGrid } from "./local-grid.ts";

/** A grid to enqueue requests to, and to run batches on. Get one from {@link connect}, and close it when done. */
export interface Grid extends CallGrid, Batching {
  /**
   * Keeps a run until a runner (`callgrid runner`) carries it out: now, after `delayMs`, or whenever `cron` says. It outlives
   * this program, and its runners. Resolves to the id by which `callgrid runs` knows it.
   *
   * @throws GridError `INVALID_OPTION` under the option's name, such as `submitRun.data`.
   * @example
   * ```ts
   * const id = await grid.submitRun({ pool: "pool", data: { bytes: "/data/digits.txt" }, process: "digitSum", reduce: "total" });
   * ```
   */
  submitRun(spec: RunSpec): Promise<string>;
}

/**
 * Connects to the grid on a Redis (7.0 or newer). The program can end only when the grid is closed.
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
 */
export async function connect(url?: string, options?: ConnectOptions): Promise<Grid> {
  const grid = addBatches(await connectToCalls(url, options), { startLocalGrid: localGrid });
  const { log: _, ...given } = options ?? {};
  const place = {
    url: url ?? (process.env["CALLGRID_URL"] || "redis://localhost:6379"),
    grid: resolveClientOptions(given).grid,
  };
  return Object.assign(grid, { submitRun: (spec: RunSpec) => submitTo(place, spec) });
}

/** A connection of its own: few programs submit many. */
async function submitTo(place: RunPlace, spec: RunSpec): Promise<string> {
  const { RunQueue } = await import("@callgrid/batch/runs");
  const queue = new RunQueue(place);
  try {
    return await queue.submit(spec);
  } finally {
    await queue.close();
  }
}
