/** Package worker: evaluates requests, and serves the functions while they run. */
export { AllowedFolders } from "./allowed-folders.ts";
export { childLauncher } from "./child-launcher.ts";
export { type CommandPlace, commandLauncher, launcherSilenceMs } from "./command-launcher.ts";
export { everyFolder, limitDataFolders, openData } from "./data-folders.ts";
export { treeOfThrown } from "./failure.ts";
export { FunctionRegistry } from "./function-registry.ts";
export type { WatchOrder } from "./heartbeat.ts";
export { Host, type HostOptions, type HostParts } from "./host.ts";
export { LastLines } from "./last-lines.ts";
export type { LaunchedWorker, Launcher, ProcessEnd } from "./launcher.ts";
export { importModule } from "./module-import.ts";
export { areModules, checkSources, type FunctionSource, type FunctionSources, loadFunctions } from "./module-loader.ts";
export { OverdueWatch } from "./overdue-watch.ts";
export {
  callReentrant,
  context,
  limitTtl,
  type RequestContext,
  readArgumentsAgain,
  streamReentrant,
} from "./request-context.ts";
export { type RunningWorker, type StartWorkerOptions, startWorker } from "./start-worker.ts";
export {
  isConfigurationCode,
  readWorkerMessage,
  type SupervisorMessage,
  type WorkerMessage,
  type WorkerSettings,
} from "./supervision-messages.ts";
export { Supervisor, type SupervisorOptions, type SupervisorParts } from "./supervisor.ts";
export { type WorkerOptionsGiven, type WorkerOptionsResolved, workerOptions } from "./worker-options.ts";
export type { HeldEvaluation, WorkerState } from "./worker-state.ts";
