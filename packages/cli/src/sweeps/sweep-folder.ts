/** What the files of a sweep say, checked before anything starts. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { GridError, packedFiles } from "@callgrid/core";
import {
  type Ask,
  checkColumns,
  type JobPool,
  listJobs,
  type Machine,
  readColumns,
  readConfig,
  readMachines,
  readRebalance,
  sweepModule,
} from "@callgrid/sweep";
import { unlessAborted } from "../command-line/interrupts.ts";
import { logStream, makeLog } from "../logs/log.ts";
import type { SweepCall } from "./sweep-action.ts";

/** The files, without the jobs. */
export interface SweepFiles {
  /** What worker threads load. */
  readonly functions: readonly string[];
  readonly machines: readonly Machine[];
  /** The experiment that the remaining jobs were rebalanced of, and what was finished then. */
  readonly rebalanced: { readonly experiment: string; readonly finished: ReadonlySet<number> } | undefined;
  readonly columns: readonly string[];
  readonly settings: ReturnType<typeof readConfig>;
}

/** The whole sweep. */
export interface OpenedSweep extends SweepFiles {
  readonly pool: JobPool;
  /** Of the job's arguments. */
  readonly names: readonly string[];
}

export const configFile = "sweep.toml";
export const machinesFile = "machines.json";
export const columnsFile = "columns.csv";
export const rebalanceFile = "rebalance.json";
const moduleNames = ["sweep.ts", "sweep.mts", "sweep.js", "sweep.mjs"];

/** Reads the files. Throws `INVALID_OPTION` with file, line and key. */
export function readSweepFiles(folder: string): SweepFiles {
  const rebalanced = readRebalance(join(folder, rebalanceFile));
  const machines = rebalanced?.machines ?? readMachines(join(folder, machinesFile));
  const settings = readConfig(join(folder, configFile));
  const columns = readColumns(join(folder, columnsFile));
  const module = packedFiles()?.moduleUrl("sweep") ?? moduleIn(folder);
  return { functions: [module, sweepModule.href], machines, rebalanced, columns, settings };
}

/** Has workers that have loaded the sweep's module list the jobs. */
export async function listSweep(ask: Ask, files: SweepFiles, folder: string): Promise<OpenedSweep> {
  const { pool, names } = await listJobs(ask, files.settings);
  checkColumns(files.columns, names, join(folder, columnsFile));
  if (files.rebalanced === undefined || files.rebalanced.experiment === pool.digest.hex)
    return { ...files, pool, names };
  throw new GridError(
    "INVALID_OPTION",
    `${join(folder, rebalanceFile)} is of another experiment: the digest of the jobs and the configuration changed ` +
      `from ${files.rebalanced.experiment} to ${pool.digest.hex}`,
  );
}

/** A grid of one worker thread that has loaded the sweep. */
export async function withSweepThread<Result>(
  { io, embedded, options }: SweepCall,
  first: AbortSignal,
  use: (sweep: OpenedSweep, grid: Awaited<ReturnType<SweepCall["embedded"]["localGrid"]>>) => Promise<Result>,
): Promise<Result> {
  const files = readSweepFiles(options.folder);
  const log = makeLog(options.logLevel ?? "warn", await logStream(io));
  const grid = await unlessAborted(first, embedded.localGrid({ functions: files.functions, workers: 1, log }));
  try {
    const ask: Ask = (request) => grid.enqueue(grid.pool, request, { signal: first });
    return await use(await listSweep(ask, files, options.folder), grid);
  } finally {
    await grid.close();
  }
}

/** The absolute path of the sweep's module; throws `INVALID_OPTION` for a folder without one. */
export function moduleIn(folder: string): string {
  const found = moduleNames.map((name) => join(folder, name)).find((path) => existsSync(path));
  if (found !== undefined) return resolve(found);
  throw new GridError(
    "INVALID_OPTION",
    `${join(folder, "sweep.ts")}: there is no such file; callgrid sweep init writes one`,
  );
}
