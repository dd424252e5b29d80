/**
 * The statekeeper on Redis: opens the connections, and hands out pools.
 */
import { type Clock, nearestNames, systemClock } from "@callgrid/core";
import type { InboxHandlers, InboxListener } from "../contract/contract.ts";
import { type Limits, usualLimits } from "../contract/limits.ts";
import type { PoolKeeper, Statekeeper } from "../contract/pool-keeper.ts";
import { ConnectionJournal, type ConnectionLog } from "./failures/connection-log.ts";
import { measureResults } from "./key-scan.ts";
import { makeConnection } from "./links/connection.ts";
import { type InboxHelp, type InboxKeys, InboxReader } from "./links/inbox-reader.ts";
import { parseRedisUrl, type RedisAddress } from "./links/redis-address.ts";
import { RedisLinks } from "./links/redis-links.ts";
import { RedisPool } from "./redis-pool.ts";
import { type KnownPool, knownPool, knownPoolsKey, poolPrefix, readKnownPool } from "./wire/keys.ts";

/** How to open a statekeeper on Redis. */
export interface OpenOptions {
  /** The grid's name; pools of different grids never meet. */
  readonly grid: string;
  /** How long to try before giving up, in ms; default 10,000. */
  readonly connectTimeoutMs?: number;
  readonly log?: ConnectionLog;
  readonly clock?: Clock;
  /** How much one operation looks at; tests make that small. Default {@link usualLimits}. */
  readonly limits?: Limits;
}

const silentLog: ConnectionLog = { warn: () => undefined, info: () => undefined };

/**
 * Connects to Redis (7.0 or later, or Valkey 8 or later) at a URL as {@link parseRedisUrl} reads them: a server, a Cluster, or Sentinels.
 *
 * @throws GridError `INVALID_OPTION` for a URL that names no Redis, `CONNECTION_FAILED` when none answers in time,
 * `REDIS_TOO_OLD` below version 7.
 */
export async function openStatekeeper(url: string, options: OpenOptions): Promise<Statekeeper> {
  const { grid, connectTimeoutMs = 10_000, log = silentLog, clock = systemClock, limits = usualLimits } = options;
  const address = parseRedisUrl(url);
  const journal = new ConnectionJournal(log, address.shown);
  const links = await RedisLinks.open({ address, clock, log, journal, limits }, connectTimeoutMs);
  return new RedisStatekeeper({ address, links, journal, log, grid });
}

class RedisStatekeeper implements Statekeeper {
  readonly address: string;
  readonly grid: string;
  readonly #address: RedisAddress;
  readonly #links: RedisLinks;
  readonly #journal: ConnectionJournal;
  readonly #log: ConnectionLog;
  readonly #readers = new Set<InboxReader>();

  constructor(parts: {
    address: RedisAddress;
    links: RedisLinks;
    journal: ConnectionJournal;
    log: ConnectionLog;
    grid: string;
  }) {
    this.address = parts.address.shown;
    this.grid = parts.grid;
    this.#address = parts.address;
    this.#links = parts.links;
    this.#journal = parts.journal;
    this.#log = parts.log;
  }

  pool(pool: string): PoolKeeper {
    const prefix = poolPrefix(this.grid, pool);
    const runner = this.#links.runner(prefix);
    return new RedisPool({
      pool,
      prefix,
      runner,
      log: this.#log,
      measureResults: () => measureResults(runner, prefix),
      openInbox: (keys, handlers, help) => this.#openInbox(keys, handlers, help),
      onJoin: async (joined) => {
        await this.#links
          .outside((redis) => redis.sadd(knownPoolsKey, knownPool(this.grid, joined)))
          .catch(() => undefined);
      },
    });
  }

  async otherGridsWith(pool: string): Promise<readonly string[]> {
    const pools = await this.#knownPools();
    return pools
      .filter((entry) => entry.pool === pool && entry.grid !== this.grid)
      .map(({ grid }) => grid)
      .sort();
  }

  async poolsLike(pool: string): Promise<readonly string[]> {
    const pools = await this.#knownPools();
    const others = pools.filter((entry) => entry.grid === this.grid && entry.pool !== pool);
    return nearestNames(
      pool,
      others.map((entry) => entry.pool),
    );
  }

  async #knownPools(): Promise<readonly KnownPool[]> {
    // only for hints in messages: a user without the right to read it gets none
    const known = await this.#links.outside((redis) => redis.smembers(knownPoolsKey)).catch(() => [] as string[]);
    return known.map(readKnownPool);
  }

  ping(): Promise<number> {
    return this.#links.ping();
  }

  async close(): Promise<void> {
    this.#links.close();
    await Promise.all([...this.#readers].map((reader) => reader.close()));
  }

  #openInbox(keys: InboxKeys, handlers: InboxHandlers, help: InboxHelp): InboxListener {
    const redis = makeConnection(this.#address, { name: "inbox", key: keys.others });
    this.#journal.follow(redis, "inbox");
    const reader = new InboxReader(redis, keys, handlers, help);
    this.#readers.add(reader);
    return {
      close: async () => {
        this.#readers.delete(reader);
        await reader.close();
      },
    };
  }
}
