/** Package client: the caller's side of a grid. */
export { type ClientSettings, type ConnectOptions, clientOptions, resolveClientOptions } from "./client-options.ts";
export { connect } from "./connect.ts";
export { closeDefaultGrid, enqueue } from "./default-grid.ts";
export {
  type EnqueueOptions,
  enqueueOptions,
  type StreamOptions,
  type WindowOptions,
  windowOptions,
} from "./enqueue-options.ts";
export type { ExpectedCapacity, WorkForecast } from "./expected-work.ts";
export type { Grid, Outcomes, Requests } from "./grid.ts";
export { GridClient, type GridClientParts } from "./grid-client.ts";
export { type GridLog, makeDefaultLog } from "./log.ts";
export type { StreamItem } from "./outcome-stream.ts";
