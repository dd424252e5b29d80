/** Package dashboard: shows pools as they work, on a page and as JSON. */
export type { Role, RoleTokens } from "./access/tokens.ts";
export type { DashboardSource, DashboardWords } from "./collect/dashboard-source.ts";
export { followOverview } from "./collect/follow-overview.ts";
export type { GridEvent, Overview, PoolFigures, RequestStory, RunFigures } from "./model/documents.ts";
export { busyShare } from "./model/pool-shares.ts";
export { countText, rateText, shareText, timeText } from "./model/units.ts";
export { type RunningDashboard, type ServeOptions, serveDashboard } from "./serve/serve-dashboard.ts";
export { openRedisSource, type RedisSource, type RedisSourceOptions } from "./source/redis-source.ts";
