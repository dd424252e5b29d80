/**
 * The embedded grid: statekeeper, distributor and workers inside this process, with nothing to install or start. It
 * serves programs that need the CPUs of one machine, and the tests of functions that will run on a larger grid.
 */
import type { Writable } from "node:stream";
import { addBatches, type Batching } from "@callgrid/batch";
import { type Grid, GridClient, type GridClientParts, makeDefaultLog, resolveClientOptions } from "@callgrid/client";
import { startDistributor } from "@callgrid/distributor";
import { MemoryStatekeeper, type Statekeeper } from "@callgrid/statekeeper";
import { limitDataFolders, startWorker } from "@callgrid/worker";
import {
  type LocalGridOptions,
  type LocalGridSettings,
  resolveLocalGridOptions,
  type WorkerLog,
} from "./local-grid-options.ts";
import { withBatches } from "./start-worker.ts";
import { startWorkerThreads } from "./worker-threads.ts";

/** A grid inside this process. @public */
export interface LocalGrid extends Grid, Batching {
  /** The pool to enqueue to. */
  readonly pool: string;
  /** How many workers there are. */
  readonly workers: number;
}

// No death goes unseen here: the starter of a thread reports its end to the pool, and all else ends with the process.
// So leases are long enough for a calculation that blocks a thread for minutes.
const leaseMs = 3_600_000;

/** Ends a part of the grid. */
type End = () => Promise<void>;

/**
 * Starts a grid inside this process, and resolves once its workers have loaded the functions. Close it when done: until
 * then its threads keep the process running.
 *
 * A thread that dies (an error that nothing catches, `process.exit`, a full heap) is replaced, and what it was running
 * is evaluated again; a request that kills `maxAttempts` threads fails with `WORKER_LOST`. A function that never yields
 * cannot be interrupted by its timeout here, only by {@link Grid.close}: the caller gets `TIMEOUT`, and the thread
 * stays busy.
 *
 * @throws GridError `INVALID_MODULE` for a module that is missing, fails to load, or defines nothing;
 *   `FUNCTION_REDEFINED`; `INVALID_OPTION`.
 * @example
 * ```ts
 * import { localGrid } from "callgrid";
 *
 * await using grid = await localGrid({ functions: "./functions.ts", workers: 2 });
 * console.log(await grid.enqueue(grid.pool, ["ratio", 7]));
 * ```
 * @public
 */
export async function localGrid(options: LocalGridOptions): Promise<LocalGrid> {
  const settings = await resolveLocalGridOptions(options);
  // the default log is pino's too, behind a narrower type
  const { log = makeDefaultLog() as WorkerLog, output = process.stderr } = options;
  const statekeeper = new MemoryStatekeeper();
  const ends: End[] = [() => statekeeper.close()];
  const end = (): Promise<void> => endAll(ends);
  try {
    // the planner may run a batch in this thread, too
    ends.push(endLimitOf(settings));
    ends.push(await startHead(settings, statekeeper));
    ends.push(await startWorkers({ ...settings, output }, statekeeper, log));
  } catch (error) {
    await end();
    throw error;
  }
  const clientSettings = resolveClientOptions({ leaseMs });
  const client = { statekeeper, settings: clientSettings, log, onlyPool: settings.pool, onClose: end };
  return addBatches(new EmbeddedGrid(client, settings), { localPool: settings.pool, log });
}

class EmbeddedGrid extends GridClient {
  readonly pool: string;
  readonly workers: number;

  constructor(client: GridClientParts, { pool, workers }: LocalGridSettings) {
    super(client);
    this.pool = pool;
    this.workers = workers;
  }
}

function endLimitOf({ dataFolder }: LocalGridSettings): End {
  const end = limitDataFolders(dataFolder);
  return async () => end();
}

async function startHead({ pool, maxAttempts }: LocalGridSettings, statekeeper: Statekeeper): Promise<End> {
  const distributor = await startDistributor({ pool, maxAttempts, statekeeper, scaleEveryMs: 0 });
  return () => distributor.stop();
}

async function startWorkers(
  settings: LocalGridSettings & { readonly output: Writable },
  statekeeper: Statekeeper,
  log: WorkerLog,
): Promise<End> {
  const { pool, slots, sharing, tags, score, memoryMb, dataFolder, drainTimeoutMs, maxAttempts, functions, modules } =
    settings;
  const options = { pool, slots, sharing, tags, score, memoryMb, dataFolder, drainTimeoutMs, maxAttempts, leaseMs };
  if (modules !== undefined) return startWorkerThreads({ ...settings, modules, options }, statekeeper, log);
  const worker = await startWorker({ ...options, functions: withBatches(functions), statekeeper, log });
  return () => worker.drain();
}

/** The last one started ends first, since it leans on those before. */
async function endAll(ends: End[]): Promise<void> {
  for (let end = ends.pop(); end !== undefined; end = ends.pop()) await end();
}
