/**
 * callgrid: plain functions, called by name with plain values, evaluated on as many processes and machines as there
 * are. All that users need has its public name here; the packages behind it are for those who build tools.
 */
export {
  type ConnectOptions,
  closeDefaultGrid,
  connect,
  type EnqueueOptions,
  enqueue,
  type Grid,
  type GridLog,
  type Outcomes,
  type Requests,
  type StreamItem,
  type WindowOptions,
} from "@callgrid/client";
export {
  type AnyFunction,
  type Capabilities,
  type Defined,
  type Definition,
  define,
  type ErrorCode,
  type ErrorTree,
  errorCodes,
  type FunctionOptions,
  GridError,
  isGridError,
  type Needs,
  type Outcome,
  type Request,
  RequestError,
  renderErrorTree,
  type ValueOf,
  type ValuesOf,
} from "@callgrid/core";
export { type DistributorOptions, type RunningDistributor, startDistributor } from "@callgrid/distributor";
export type { CacheMode, FunctionTable, MemberState, PoolState, RegisteredFunction } from "@callgrid/statekeeper";
export {
  callReentrant,
  context,
  type FunctionSource,
  type FunctionSources,
  type RequestContext,
  type RunningWorker,
  type StartWorkerOptions,
  startWorker,
  streamReentrant,
} from "@callgrid/worker";
export { type LocalGrid, localGrid } from "./local-grid.ts";
export type { LocalGridOptions } from "./local-grid-options.ts";
