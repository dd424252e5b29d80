/** Who evaluates the jobs: worker threads of this machine, or the workers of a pool. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { connect, type Grid } from "@callgrid/client";
import { type Ask, filesIn, readSnapshot } from "@callgrid/sweep";
import { unlessAborted } from "../command-line/interrupts.ts";
import type { NodeLog } from "../logs/log.ts";
import type { SweepCall } from "./sweep-action.ts";

/** A grid, and threads that have loaded the sweep's module. */
export interface Workers {
  readonly grid: Pick<Grid, "stream" | "status">;
  /** Of the grid. */
  readonly pool: string;
  /** How many threads of this process they are; undefined for the workers of a pool. */
  readonly threads?: number;
  /** Asks a thread that has the sweep. */
  readonly ask: Ask;
  /** Asks another one, which has loaded the module by itself. */
  readonly askAnother: Ask;
}

interface Given {
  readonly call: SweepCall;
  readonly functions: readonly string[];
  readonly first: AbortSignal;
  readonly log: NodeLog;
}

type Use = (workers: Workers) => Promise<number>;

/** Runs with a thread for each core. Where there is one core only, another thread is there for as long as it is asked. */
export async function withShareGrid(
  { cores, ...given }: Given & { readonly cores: number },
  use: Use,
): Promise<number> {
  const { first } = given;
  const grid = await startThreads(given, cores);
  try {
    const { members } = await grid.status(grid.pool);
    const [one, another] = members.flatMap(({ id, kind }) => (kind === "worker" ? [`${grid.pool}/${id}`] : []));
    const askAt =
      (target = grid.pool): Ask =>
      (request) =>
        grid.enqueue(target, request, { signal: first });
    const askAnother = another === undefined ? askThread(given) : askAt(another);
    return await use({ grid, pool: grid.pool, threads: cores, ask: askAt(one), askAnother });
  } finally {
    await grid.close();
  }
}

/** Runs on a pool of workers, with threads here to list the jobs. */
export async function withPoolGrid(given: Given, use: Use): Promise<number> {
  const { call, first, log } = given;
  const { pool = "", url, grid: name, connectTimeoutMs } = call.options;
  const grid = await unlessAborted(first, connect(url, { grid: name, connectTimeoutMs, log: log.log }));
  try {
    return await use({ grid, pool, ask: askThread(given), askAnother: askThread(given) });
  } finally {
    await grid.close();
  }
}

function startThreads({ call, functions, first, log }: Given, workers: number) {
  return unlessAborted(first, call.embedded.localGrid({ functions, workers, log: log.log, output: log.stream }));
}

/** Each request is asked of a thread of its own. */
function askThread(given: Given): Ask {
  return async (request) => {
    const grid = await startThreads(given, 1);
    try {
      return await grid.enqueue(grid.pool, request, { signal: given.first });
    } finally {
      await grid.close();
    }
  };
}

/** What a folder of results is called that a pool filled. */
export function poolFolder(pool: string | undefined): string {
  return `pool-${(pool ?? "").replaceAll(/[^\w.-]/g, "-")}`;
}

/** First places of the jobs that have a value in other folders of results, in the same experiment. */
export async function othersFinished(folder: string, own: string, experiment: string): Promise<ReadonlySet<number>> {
  const finished = new Set<number>();
  const results = join(folder, "results");
  for (const name of foldersIn(results)) {
    if (name === own) continue;
    const content = await readSnapshot(filesIn(join(results, name)).snapshot);
    if (content?.header.experiment !== experiment) continue;
    for (const { job, error } of content.finished.values()) if (error === undefined) finished.add(job);
  }
  return finished;
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}
