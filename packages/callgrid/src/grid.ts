/** A grid as users get it: single calls, and batches. */
import { addBatches, type Batching, type RunPlace, type RunSpec, type Schedule } from "@callgrid/batch";
import type { RunQueue } from "@callgrid/batch/runs";
import {
  type Grid as CallGrid,
  type ConnectOptions,
  connect as connectToCalls,
  resolveClientOptions,
} from "@callgrid/client";
import { GridError, type Logger } from "@callgrid/core";
import { localGrid } from "./local-grid.ts";

/** A grid to enqueue requests to, and to run batches on. Get one from {@link connect}, and close it when done. @public */
export interface Grid extends CallGrid, Batching {
  /**
   * Keeps a run until a runner (`callgrid runner`) carries it out: now, after `delayMs`, or whenever `cron` says. It outlives
   * this program, and its runners. Resolves to the id by which `callgrid runs` knows it; with `cron` that of a schedule.
   *
   * @throws GridError `INVALID_OPTION` under the option's name, such as `submitRun.data`, and for the name of a schedule that there is
   *   unless `replace` is set; `INVALID_VALUE` and `PAYLOAD_TOO_LARGE` (beyond 16 MiB) for items.
   * @example
   * ```ts
   * const id = await grid.submitRun({ pool: "pool", data: { bytes: "/data/digits.txt" }, process: "digitSum", reduce: "total" });
   * ```
   */
  submitRun(spec: RunSpec): Promise<string>;
  /** The schedules of submitted runs, paused ones included, by their ids. */
  schedules(): Promise<Schedule[]>;
  /**
   * Has a schedule begin no more runs until it is resumed. A run that is under way continues.
   *
   * @throws GridError `INVALID_OPTION` for an id that no schedule has, and for a schedule that is paused.
   */
  pauseSchedule(id: string): Promise<void>;
  /**
   * Has a paused schedule begin runs again.
   *
   * @throws GridError `INVALID_OPTION` for an id that no schedule has, and for a schedule that is not paused.
   */
  resumeSchedule(id: string): Promise<void>;
  /**
   * Ends a schedule for good. A run that is under way continues.
   *
   * @throws GridError `INVALID_OPTION` for an id that no schedule has.
   * @example
   * ```ts
   * for (const { id, nextMs } of await grid.schedules()) if (nextMs === undefined) await grid.removeSchedule(id);
   * ```
   */
  removeSchedule(id: string): Promise<void>;
}

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
export async function connect(url?: string, options?: ConnectOptions): Promise<Grid> {
  const log = loggerOf(options?.log);
  const grid = addBatches(await connectToCalls(url, options), { startLocalGrid: localGrid, log });
  const { grid: name, connectTimeoutMs } = resolveClientOptions(options);
  const place = {
    url: url ?? (process.env["CALLGRID_URL"] || "redis://localhost:6379"),
    grid: name,
    connectTimeoutMs,
  };
  return Object.assign(grid, {
    submitRun: (spec: RunSpec) => withRuns(place, (runs) => runs.submit(spec)),
    schedules: () => withRuns(place, (runs) => runs.schedules.list()),
    pauseSchedule: (id: string) => withRuns(place, (runs) => runs.schedules.pause(id)),
    resumeSchedule: (id: string) => withRuns(place, (runs) => runs.schedules.resume(id)),
    removeSchedule: (id: string) => withRuns(place, (runs) => runs.schedules.remove(id)),
  });
}

/** Functions that a batch runs in this thread log with the facts of their request, which takes a logger that can be a parent. */
function loggerOf(log: ConnectOptions["log"]): Logger | undefined {
  return log !== undefined && "child" in log ? (log as Logger) : undefined;
}

interface RunsPlace extends RunPlace {
  readonly connectTimeoutMs: number;
}

/** A connection of its own: few programs submit many. BullMQ would try forever to reach a Redis that is away by now. */
async function withRuns<Result>(place: RunsPlace, use: (runs: RunQueue) => Promise<Result>): Promise<Result> {
  const { RunQueue, withoutCommand } = await import("@callgrid/batch/runs");
  const queue = new RunQueue(place);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(noAnswer(place.connectTimeoutMs)), place.connectTimeoutMs);
  });
  try {
    return await Promise.race([use(queue), expired]);
  } catch (error) {
    throw withoutCommand(error);
  } finally {
    clearTimeout(timer);
    await queue.close();
  }
}

function noAnswer(timeoutMs: number): GridError {
  return new GridError("CONNECTION_FAILED", `Redis did not answer on submitted runs within ${timeoutMs} ms`);
}
