/**
 * `callgrid/client`: what a program needs that only enqueues requests. It loads no worker, no batches and no embedded grid, so it starts
 * faster, and a bundler can put all of it into one file.
 */
export {
  type ConnectOptions,
  closeDefaultGrid,
  connect,
  type EnqueueOptions,
  type ExpectedCapacity,
  enqueue,
  type Grid,
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
  type Needs,
  type Outcome,
  type Request,
  RequestError,
  renderErrorTree,
  type StandardSchema,
  type ValueOf,
  type ValuesOf,
} from "@callgrid/core";
