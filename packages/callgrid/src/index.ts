/**
 * callgrid: plain functions, called by name with plain values, evaluated on as many processes and machines as there
 * are. All that users need has its public name here; the packages behind it are for those who build tools.
 */
export {
  type BatchItem,
  type BatchMode,
  type BatchProgress,
  type BatchRun,
  type BatchSpec,
  bytes,
  type Checkpoint,
  type Cut,
  type FileData,
  type FileOptions,
  type FileSlice,
  lines,
  type NumberRange,
  type Objective,
  type Plan,
  type RunData,
  type RunSpec,
  range,
  readBytes,
  readFileLines,
  readLines,
  readText,
  type Schedule,
  type SliceProgress,
} from "@callgrid/batch";
export {
  type CacheExplanation,
  type CacheStats,
  type CacheUse,
  type CodeOfResult,
  type ConnectOptions,
  closeDefaultGrid,
  type EnqueueOptions,
  type ExpectedCapacity,
  enqueue,
  type FileOfResult,
  type FunctionCacheStats,
  type FunctionMismatch,
  type GridCache,
  type GridLog,
  type Outcomes,
  type Requests,
  type StreamItem,
  type StreamOptions,
  type WindowOptions,
  type WorkForecast,
} from "@callgrid/client";
export {
  type AnyFunction,
  type Capabilities,
  type Config,
  type ConfigList,
  type Defined,
  type Definition,
  define,
  type ErrorCode,
  type ErrorTree,
  errorCodes,
  type FunctionOptions,
  type FunctionSchemas,
  GridError,
  isGridError,
  type Logger,
  type Needs,
  type Outcome,
  type Random,
  type Request,
  RequestError,
  renderErrorTree,
  type StandardSchema,
  type ValueOf,
  type ValuesOf,
} from "@callgrid/core";
export {
  type BridgePolicy,
  type CarryPlan,
  type CrossingDirection,
  type CrossingPlan,
  type CrossingSight,
  type DistributorOptions,
  type RunningDistributor,
  startDistributor,
} from "@callgrid/distributor";
export type { CacheMode, FunctionTable, MemberState, PoolState, RegisteredFunction } from "@callgrid/statekeeper";
export { readAsset } from "@callgrid/sweep/assets";
export { defineSweep, type JobSource, type SweepSpec } from "@callgrid/sweep/define";
export {
  callReentrant,
  context,
  type FunctionSource,
  type FunctionSources,
  type RequestContext,
  type RunningWorker,
  type StartWorkerOptions,
  streamReentrant,
} from "@callgrid/worker";
export { connect, type Grid } from "./grid.ts";
export { type LocalGrid, localGrid } from "./local-grid.ts";
export type { LocalGridOptions } from "./local-grid-options.ts";
export { startWorker } from "./start-worker.ts";
