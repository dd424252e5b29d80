/** Package client: the caller's side of a grid. */

export type { CacheExplanation, CacheUse, CodeOfResult, FileOfResult } from "./cache/cache-explanation.ts";
export { type CacheStats, type FunctionCacheStats, readCacheStats } from "./cache/cache-stats.ts";
export { explainRequest } from "./cache/explain-request.ts";
export { type FunctionMismatch, type GridCache, readMismatches } from "./cache/grid-cache.ts";
export { connect } from "./connect.ts";
export { closeDefaultGrid, enqueue } from "./default-grid.ts";
export type { ExpectedCapacity, WorkForecast } from "./expected-work.ts";
export type { Grid, Outcomes, Requests } from "./grid.ts";
export { GridClient, type GridClientParts } from "./grid-client.ts";
export {
  type ClientSettings,
  type ConnectOptions,
  clientOptions,
  resolveClientOptions,
} from "./options/client-options.ts";
export {
  type EnqueueOptions,
  enqueueOptions,
  type StreamOptions,
  type WindowOptions,
  windowOptions,
} from "./options/enqueue-options.ts";
export { type GridLog, makeDefaultLog } from "./options/log.ts";
export type { StreamItem } from "./streams/stream-item.ts";
