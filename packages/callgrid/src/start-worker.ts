/** Workers as users start them: with what batches need besides the functions of the user. */
import { workerModule } from "@callgrid/batch";
import {
  type FunctionSources,
  type RunningWorker,
  type StartWorkerOptions,
  startWorker as startBare,
} from "@callgrid/worker";

/**
 * Starts a worker inside this process, for those who embed one in a service of their own.
 *
 * @throws GridError `INVALID_MODULE`, `FUNCTION_REDEFINED`, `INVALID_OPTION`, `CONNECTION_FAILED`, `REDIS_TOO_OLD`.
 * @example
 * ```ts
 * import { startWorker } from "callgrid";
 * const worker = await startWorker({ pool: "pool", functions: "./functions.js", slots: 2 });
 * process.on("SIGTERM", () => worker.drain());
 * ```
 * @beta
 */
export function startWorker(options: StartWorkerOptions): Promise<RunningWorker> {
  // what is not an object of options, or lacks functions, is refused there
  const functions = (options as StartWorkerOptions | undefined)?.functions;
  return startBare(functions === undefined ? options : { ...options, functions: withBatches(functions) });
}

/** The same functions, and those that batches need. */
export function withBatches(functions: FunctionSources): FunctionSources {
  return [...(Array.isArray(functions) ? functions : [functions]), workerModule];
}
