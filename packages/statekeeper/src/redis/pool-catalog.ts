/** Keys are removed by UNLINK, a thousand at a time as they are read, so that no command keeps others waiting. */
import { GridError, parsePool } from "@callgrid/core";
import type { Redis } from "ioredis";
import { orRefused } from "./failures/refused.ts";
import { scanKeys } from "./key-scan.ts";
import { closeConnection, connectWithin, makeConnection } from "./links/connection.ts";
import { parseRedisUrl, type RedisAddress } from "./links/redis-address.ts";
import type { OpenOptions } from "./open.ts";
import { gridPrefix, knownPool, knownPoolsKey, poolPrefix, readKnownPool } from "./wire/keys.ts";

const msPerSecond = 1_000;

/** How many keys a pool has, by what follows the pool's prefix in their names, such as `result`. */
export type KeyCounts = ReadonlyMap<string, number>;

/**
 * The pools of a grid as sets of keys: which there are, since when no command has touched them, and their removal. Get one from
 * {@link PoolCatalog.open}, and close it.
 */
export class PoolCatalog {
  readonly #address: RedisAddress;
  readonly #grid: string;
  readonly #timeoutMs: number;
  readonly #redis: Redis;

  private constructor(parts: { address: RedisAddress; grid: string; timeoutMs: number; redis: Redis }) {
    this.#address = parts.address;
    this.#grid = parts.grid;
    this.#timeoutMs = parts.timeoutMs;
    this.#redis = parts.redis;
  }

  /** Throws `INVALID_OPTION` for an invalid URL or name, `CONNECTION_FAILED`, `REDIS_TOO_OLD`. */
  static async open(url: string, { grid, connectTimeoutMs = 10_000 }: OpenOptions): Promise<PoolCatalog> {
    // the name becomes part of a pattern
    if (!/^[\w.-]+$/.test(grid))
      throw new GridError(
        "INVALID_OPTION",
        `invalid grid name ${JSON.stringify(grid)}: must have letters, digits and . _ - only`,
      );
    const address = parseRedisUrl(url);
    const redis = await connect(address, knownPoolsKey, connectTimeoutMs);
    return new PoolCatalog({ address, grid, timeoutMs: connectTimeoutMs, redis });
  }

  /** The ids of the pools that a member has joined; takes one command, whatever the number of keys. */
  async joinedPools(): Promise<string[]> {
    const members = await orRefused(() => this.#redis.smembers(knownPoolsKey));
    const known = members.map(readKnownPool);
    return known.flatMap(({ grid, pool }) => (grid === this.#grid ? [pool] : [])).sort();
  }

  /** The ids of all pools; on a Cluster those that a member has joined. */
  async pools(): Promise<string[]> {
    const found = new Set(await this.joinedPools());
    if (this.#address.clusterNodes === undefined) {
      const prefix = gridPrefix(this.#grid);
      await orRefused(async () => {
        for await (const keys of scanKeys(this.#redis, prefix))
          for (const key of keys) found.add(key.slice(prefix.length, key.indexOf("}", prefix.length)));
      });
    }
    return [...found].sort();
  }

  /** How long ago a command last used the pool's counters, in ms; undefined where Redis does not say. */
  async idleMs(pool: string): Promise<number | undefined> {
    try {
      const idle = await this.#withPool(pool, (redis, prefix) => redis.call("object", "idletime", `${prefix}stats`));
      return typeof idle === "number" ? idle * msPerSecond : undefined;
    } catch {
      // not said where keys are evicted by how often they are used
      return undefined;
    }
  }

  /** What a removal would remove. */
  async count(pool: string): Promise<KeyCounts> {
    const counts = new Map<string, number>();
    await this.#withPool(pool, async (redis, prefix) => {
      for await (const keys of scanKeys(redis, prefix)) {
        for (const key of keys) {
          const [kind = ""] = key.slice(prefix.length).split(":", 1);
          counts.set(kind, (counts.get(kind) ?? 0) + 1);
        }
      }
    });
    return counts;
  }

  /** Removes every key of the pool, and nothing else. Resolves to how many there were. */
  async remove(pool: string): Promise<number> {
    const removed = await this.#withPool(pool, async (redis, prefix) => {
      let sum = 0;
      for await (const keys of scanKeys(redis, prefix)) if (keys.length > 0) sum += await redis.unlink(keys);
      return sum;
    });
    await orRefused(() => this.#redis.srem(knownPoolsKey, knownPool(this.#grid, pool)));
    return removed;
  }

  close(): void {
    closeConnection(this.#redis);
  }

  /** On a Cluster the pool may live on another node. */
  async #withPool<Result>(pool: string, use: (redis: Redis, prefix: string) => Promise<Result>): Promise<Result> {
    const prefix = poolPrefix(this.#grid, parsePool(pool));
    if (this.#address.clusterNodes === undefined) return orRefused(() => use(this.#redis, prefix));
    const redis = await connect(this.#address, prefix, this.#timeoutMs);
    try {
      return await orRefused(() => use(redis, prefix));
    } finally {
      closeConnection(redis);
    }
  }
}

async function connect(address: RedisAddress, key: string, timeoutMs: number): Promise<Redis> {
  const redis = makeConnection(address, { name: "pools", key });
  redis.on("error", () => undefined);
  await connectWithin(redis, address.shown, timeoutMs);
  return redis;
}
