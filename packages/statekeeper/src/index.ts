/** Package statekeeper: the contract by which clients, workers and distributors meet, in memory and on Redis. */
export { neededWorkers, utilisation } from "./contract/capacity.ts";
export * from "./contract/contract.ts";
export { type Limits, usualLimits } from "./contract/limits.ts";
export { isBridge, isOwnWorker } from "./contract/own-workers.ts";
export type * from "./contract/pool-keeper.ts";
export { type VersionDrift, versionDrifts } from "./contract/version-drift.ts";
export { type Preference, usualPreferences } from "./contract/volunteer-order.ts";
export { awaitedBy, cycleThrough, type Waits } from "./contract/waits.ts";
export * from "./memory/memory-statekeeper.ts";
export { PortStatekeeper, type PortStatekeeperOptions } from "./port/port-statekeeper.ts";
export { type ServedPort, servePort } from "./port/serve-port.ts";
export { eraseGrid } from "./redis/erase-grid.ts";
export {
  type DeniedCommand,
  type Examination,
  type ExamineOptions,
  examineRedis,
  type RedisFacts,
} from "./redis/examine-redis.ts";
export { optionsFor } from "./redis/links/connection.ts";
export { type NodeAddress, parseRedisUrl, type RedisAddress } from "./redis/links/redis-address.ts";
export { type OpenOptions, openStatekeeper } from "./redis/open.ts";
export { type KeyCounts, PoolCatalog } from "./redis/pool-catalog.ts";
export type { RefusalKind } from "./redis/redis-refusal.ts";
export { decodeInboxMessage } from "./redis/wire/inbox-message.ts";
export { wireVersion } from "./redis/wire/wire-version.ts";
export { forgedOutcome } from "./requester/refusal-outcomes.ts";
export * from "./requester/requester.ts";
