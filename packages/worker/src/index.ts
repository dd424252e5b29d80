/** Package worker: evaluates requests, and serves the functions while they run. */
export { FunctionRegistry } from "./function-registry.ts";
export type { WatchOrder } from "./heartbeat.ts";
export { LastLines } from "./last-lines.ts";
export { importModule } from "./module-import.ts";
export { areModules, type FunctionSource, type FunctionSources, loadFunctions } from "./module-loader.ts";
export { OverdueWatch } from "./overdue-watch.ts";
export { callReentrant, context, type RequestContext, streamReentrant } from "./request-context.ts";
export { type RunningWorker, type StartWorkerOptions, startWorker } from "./start-worker.ts";
export {
  isConfigurationCode,
  readWorkerMessage,
  type SupervisorMessage,
  type WorkerMessage,
  type WorkerSettings,
} from "./supervision-messages.ts";
export { Supervisor, type SupervisorOptions, type SupervisorParts } from "./supervisor.ts";
export { type ProcessEnd, type StartWorkerChild, type WorkerChild, workerChildStarter } from "./worker-child.ts";
export { type WorkerOptionsGiven, type WorkerOptionsResolved, workerOptions } from "./worker-options.ts";
