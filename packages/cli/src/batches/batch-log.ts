/** Where log lines of a batch on threads of this machine go. */
import { join } from "node:path";
import type { Writable } from "node:stream";
import { invalidOption } from "@callgrid/core";
import { type JobLogs, openJobLogs } from "@callgrid/sweep";
import type { Logger } from "pino";
import { linesOf, ownLogSizes } from "../logs/job-lines.ts";
import { logStream, makeLog, withLog } from "../logs/log.ts";
import type { CliIo } from "../terminal/io.ts";

/** The log of a batch. */
export interface BatchLog {
  readonly log: Logger;
  /** What worker threads log and print goes there; undefined: to stderr. */
  readonly output?: Writable;
  /** The files of slices, if there are any. */
  readonly sliceLogs?: JobLogs;
}

/** What is said of the log. */
export interface BatchLogOptions {
  readonly logFolder?: string | undefined;
  readonly logLevel: string | undefined;
  readonly pool: string | undefined;
}

/** Runs with the log on stderr, or in a folder: `batch.log`, and `slices/N.log.gz` for each slice that logs. */
export async function withBatchLog<Result>(
  io: CliIo,
  { logFolder, logLevel, pool }: BatchLogOptions,
  use: (log: BatchLog) => Promise<Result>,
): Promise<Result> {
  if (logFolder === undefined) return use({ log: makeLog(logLevel ?? "warn", await logStream(io)) });
  if (pool !== undefined)
    throw invalidOption(
      "--log-folder",
      "is for batches on threads of this machine; workers of a pool log where they run",
    );
  const sliceLogs = openJobLogs(join(logFolder, "slices"), "slice");
  const place = { logLevel: logLevel ?? "info", logFile: join(logFolder, "batch.log"), ...ownLogSizes };
  try {
    return await withLog({ stderr: linesOf(sliceLogs), env: io.env }, place, ({ log, stream }) =>
      use({ log, output: stream, sliceLogs }),
    );
  } finally {
    sliceLogs.close();
  }
}
