/** What the files of a sweep say, checked before anything starts. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GridError } from "@callgrid/core";
import {
  checkColumns,
  type JobPool,
  listingModule,
  listJobs,
  type Machine,
  readColumns,
  readConfig,
  readMachines,
} from "@callgrid/sweep";
import { unlessAborted } from "../command-line/interrupts.ts";
import { logStream, makeLog } from "../logs/log.ts";
import type { SweepCall } from "./sweep-action.ts";

/** The files, without the jobs. */
export interface SweepFiles {
  /** What worker threads load. */
  readonly functions: readonly string[];
  readonly machines: readonly Machine[];
  readonly columns: readonly string[];
  readonly settings: ReturnType<typeof readConfig>;
}

/** The whole sweep. */
export interface OpenedSweep extends SweepFiles {
  readonly pool: JobPool;
  /** Of the job's arguments. */
  readonly names: readonly string[];
}

const moduleNames = ["sweep.ts", "sweep.mts", "sweep.js", "sweep.mjs"];

/** Reads the files. Throws `INVALID_OPTION` with file, line and key. */
export function readSweepFiles(folder: string): SweepFiles {
  const machines = readMachines(join(folder, "machines.json"));
  const settings = readConfig(join(folder, "sweep.toml"));
  const columns = readColumns(join(folder, "columns.csv"));
  return { functions: [moduleIn(folder), listingModule.href], machines, columns, settings };
}

/** Lists the jobs in a worker thread, which ends with that. */
export async function openSweep({ io, embedded, options }: SweepCall, first: AbortSignal): Promise<OpenedSweep> {
  const files = readSweepFiles(options.folder);
  const log = makeLog(options.logLevel ?? "warn", await logStream(io));
  const grid = await unlessAborted(first, embedded.localGrid({ functions: files.functions, workers: 1, log }));
  try {
    const ask = (request: readonly [string, ...unknown[]]) => grid.enqueue(grid.pool, request, { signal: first });
    const { pool, names } = await listJobs(ask, files.settings);
    checkColumns(files.columns, names, join(options.folder, "columns.csv"));
    return { ...files, pool, names };
  } finally {
    await grid.close();
  }
}

function moduleIn(folder: string): string {
  const found = moduleNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return resolve(found);
  throw new GridError(
    "INVALID_OPTION",
    `${join(folder, "sweep.ts")}: there is no such file; callgrid sweep init writes one`,
  );
}
