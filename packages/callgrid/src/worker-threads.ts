/**
 * The worker threads of the embedded grid. They are supervised as worker processes are; only what is started differs: a
 * thread, whose statekeeper is a port to this one.
 */
import type { Writable } from "node:stream";
import { workerModule } from "@callgrid/batch";
import type { Statekeeper } from "@callgrid/statekeeper";
import { Supervisor } from "@callgrid/supervision";
import type { WorkerLog } from "./local-grid-options.ts";
import { threadLauncher } from "./worker-thread.ts";

/** The options of {@link startWorkerThreads}. */
export interface WorkerThreadsOptions {
  readonly pool: string;
  readonly workers: number;
  /** The user's modules: absolute paths or file URLs. */
  readonly modules: readonly string[];
  /** Any of `workerOptions`, and the pool; plain data. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly drainTimeoutMs: number;
  readonly maxAttempts: number;
  readonly workerHeapBytes: number | undefined;
  readonly output: Writable;
}

/** Resolves when every thread has joined, with what ends them; rejects with what a thread refused to start with. */
export async function startWorkerThreads(
  threads: WorkerThreadsOptions,
  statekeeper: Statekeeper,
  log: WorkerLog,
): Promise<() => Promise<void>> {
  const { pool, workers: count, modules, options, drainTimeoutMs, maxAttempts, workerHeapBytes, output } = threads;
  const settings = { functions: [...modules, workerModule.href], options, logLevel: log.level };
  const supervisor = new Supervisor(
    { count, settings, drainTimeoutMs, maxAttempts },
    {
      keeper: statekeeper.pool(pool),
      log,
      launcher: threadLauncher({ statekeeper, pool, modules, workerHeapBytes, logLevel: log.level, output }),
    },
  );
  await supervisor.start();
  // a module that was changed or deleted since, and that a replaced thread could not load again
  supervisor.closed.catch((error: unknown) =>
    log.error({ err: error, pool }, "the embedded grid has no workers any more"),
  );
  return () => supervisor.drain();
}
