import { addBatches, type Batching } from "@callgrid/batch";
import { connect, type Grid } from "@callgrid/client";
import { openStatekeeper } from "@callgrid/statekeeper";
import type { Embedded } from "../command-line/command.ts";
import { type Interrupts, unlessAborted } from "../command-line/interrupts.ts";
import { logStream, makeLog } from "../logs/log.ts";
import type { CliIo } from "../terminal/io.ts";
import { HostWorkers } from "./host-workers.ts";
import { isThisMachine, type Placement } from "./hosts.ts";
import type { Work } from "./work.ts";

/**
 * The grid of a map/reduce run: threads if all its hosts are this machine, else a pool with workers on every host. Closing it ends the
 * workers that it has started.
 */
export interface WorkGrid {
  readonly grid: Grid & Batching;
  readonly pool: string;
  close(): Promise<void>;
}

/** What {@link openWorkGrid} decides by. */
export interface WorkPlace {
  readonly work: Work;
  readonly placements: readonly Placement[];
  readonly pool: string;
  readonly url: string;
  readonly grid: string;
  readonly connectTimeoutMs: number;
  readonly logLevel: string | undefined;
  readonly interrupts: Interrupts;
}

/** Resolves when all workers are there; what was started until then is ended where that fails. */
export async function openWorkGrid(io: CliIo, place: WorkPlace, embedded: Embedded): Promise<WorkGrid> {
  return place.placements.every((one) => isThisMachine(one) && one.launch === undefined)
    ? openThreads(io, place, embedded)
    : openPool(io, place);
}

async function openThreads(
  io: CliIo,
  { work, placements, logLevel, interrupts }: WorkPlace,
  embedded: Embedded,
): Promise<WorkGrid> {
  const workers = placements.reduce((total, placement) => total + placement.workers, 0);
  const workerHeapBytes = Math.min(...placements.map(({ workerBytes }) => workerBytes));
  const log = makeLog(logLevel ?? "warn", await logStream(io));
  const starting = embedded.localGrid({ functions: [work.module], workers, workerHeapBytes, log });
  const local = await unlessAborted(interrupts.first, starting);
  return { grid: addBatches(local, { localPool: local.pool }), pool: local.pool, close: () => local.close() };
}

async function openPool(io: CliIo, place: WorkPlace): Promise<WorkGrid> {
  const { work, placements, pool, url, grid, connectTimeoutMs, logLevel = "warn", interrupts } = place;
  const { first, second } = interrupts;
  const stderr = await logStream(io);
  const log = makeLog(logLevel, stderr);
  const ends: Array<() => Promise<void>> = [];
  const close = async (): Promise<void> => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    const statekeeper = await unlessAborted(first, openStatekeeper(url, { grid, connectTimeoutMs, log }));
    ends.push(() => statekeeper.close());
    const client = await unlessAborted(first, connect(url, { grid, connectTimeoutMs, log }));
    ends.push(() => client.close());
    const keeper = statekeeper.pool(pool);
    const parts = {
      keeper,
      url,
      grid,
      pool,
      module: work.module,
      dataFolders: work.dataFolders,
      log,
      stderr,
      logLevel,
    };
    const workers = await unlessAborted(first, HostWorkers.plan(placements, parts));
    ends.push(() => workers.drain());
    second.addEventListener("abort", () => void workers.stop());
    await unlessAborted(first, workers.start());
    return { grid: addBatches(client), pool, close };
  } catch (error) {
    await unlessAborted(second, close());
    throw error;
  }
}
