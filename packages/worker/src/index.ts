/** Package worker: evaluates requests, and serves the functions while they run. */

export { type LonePlace, runAlone } from "./calls/lone-host.ts";
export { definitionInProcess, isVersionInProcess } from "./definition-in-process.ts";
export { treeOfJob, treeOfThrown } from "./errors/error-tree.ts";
export { userFrames } from "./errors/user-frames.ts";
export { EvaluatedSlice, type FunctionProgress } from "./evaluation/evaluated-slice.ts";
export {
  callReentrant,
  context,
  currentDefinition,
  describeSlices,
  type KeptValuesOfFunction,
  keptValues,
  limitTtl,
  type RequestContext,
  readArgumentsAgain,
  streamReentrant,
} from "./evaluation/request-context.ts";
export { AllowedFolders } from "./functions/allowed-folders.ts";
export { everyFolder, limitDataFolders, openData } from "./functions/data-folders.ts";
export { FunctionRegistry } from "./functions/function-registry.ts";
export { importModule } from "./functions/module-import.ts";
export {
  areModules,
  checkSources,
  expandSources,
  type FunctionSource,
  type FunctionSources,
  loadFunctions,
} from "./functions/module-loader.ts";
export type { WatchOrder } from "./heartbeat/heartbeat.ts";
export { HoldBoard, lookEveryMs } from "./heartbeat/hold-board.ts";
export { HoldWatch } from "./heartbeat/hold-watch.ts";
export { OverdueWatch } from "./heartbeat/watchdog.ts";
export { defaultLog, type RunningWorker, type StartWorkerOptions, startWorker } from "./start-worker.ts";
export { type WorkerOptionsResolved, workerOptions } from "./worker-options.ts";
export type { WorkerOptionsGiven } from "./worker-options-given.ts";
export type { HeldEvaluation, WorkerState } from "./worker-state.ts";
