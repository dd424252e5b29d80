/** Removes a grid from its Redis with everything in it: for grids that were made to be thrown away. */
import { GridError } from "@callgrid/core";
import type { Redis } from "ioredis";
import { orRefused } from "./failures/refused.ts";
import { scanKeys } from "./key-scan.ts";
import { closeConnection, connectWithin, makeConnection } from "./links/connection.ts";
import { parseRedisUrl } from "./links/redis-address.ts";
import type { OpenOptions } from "./open.ts";
import { gridPrefix, knownPoolsKey } from "./wire/keys.ts";

/**
 * Removes every pool of a grid, which is not on a Cluster. No member may work on it meanwhile: its later writes would create keys again.
 *
 * @throws GridError `INVALID_OPTION` for an invalid URL or name, `CONNECTION_FAILED`, `REDIS_TOO_OLD`.
 */
export async function eraseGrid(url: string, { grid, connectTimeoutMs = 10_000 }: OpenOptions): Promise<void> {
  // The name becomes part of a pattern; what may be a name of a grid means only itself there.
  if (!/^[\w.-]+$/.test(grid))
    throw new GridError(
      "INVALID_OPTION",
      `invalid grid name ${JSON.stringify(grid)}: must have letters, digits and . _ - only`,
    );
  const address = parseRedisUrl(url);
  if (address.clusterNodes !== undefined)
    throw new GridError("INVALID_OPTION", `${address.shown} is a Cluster, over whose nodes a grid is spread`);
  const redis = makeConnection(address, { name: "erase", key: knownPoolsKey });
  redis.on("error", () => undefined);
  await connectWithin(redis, address.shown, connectTimeoutMs);
  try {
    await orRefused(() => erase(redis, grid));
  } finally {
    closeConnection(redis);
  }
}

async function erase(redis: Redis, grid: string): Promise<void> {
  for await (const keys of scanKeys(redis, gridPrefix(grid))) if (keys.length > 0) await redis.unlink(keys);
  const pools = await redis.smembers(knownPoolsKey);
  const own = pools.filter((pool) => pool.startsWith(`${grid}:`));
  if (own.length > 0) await redis.srem(knownPoolsKey, own);
}
