/** Where client and workers of callgrid meet. */
import type { RedisAddress } from "../system.ts";

export const poolName = "bench";

export function urlOf({ host, port }: RedisAddress): string {
  return `redis://${host}:${port}`;
}
