/**
 * The statekeeper on Redis: opens the connections, and hands out pools.
 */
import { type Clock, systemClock } from "@callgrid/core";
import type { Redis } from "ioredis";
import type { InboxHandlers, InboxListener, PoolKeeper, Statekeeper } from "../contract.ts";
import {
  type ConnectionLog,
  connectWithin,
  logConnection,
  makeConnection,
  parseRedisUrl,
  type RedisAddress,
} from "./connection.ts";
import { InboxReader } from "./inbox-reader.ts";
import { knownPoolsKey, poolPrefix } from "./keys.ts";
import { RedisPool } from "./redis-pool.ts";
import { ScriptRunner } from "./script-runner.ts";

/** How to open a statekeeper on Redis. */
export interface OpenOptions {
  /** The grid's name; pools of different grids never meet. */
  readonly grid: string;
  /** How long to try before giving up, in ms; default 10,000. */
  readonly connectTimeoutMs?: number;
  readonly log?: ConnectionLog;
  readonly clock?: Clock;
}

const silentLog: ConnectionLog = { warn: () => undefined, info: () => undefined };

/**
 * Connects to Redis (7.0 or newer) at `redis://`, `rediss://` or `unix://`.
 *
 * @throws GridError `INVALID_OPTION` for a URL that names no Redis, `CONNECTION_FAILED` when none answers in time,
 * `REDIS_TOO_OLD` below version 7.
 */
export async function openStatekeeper(url: string, options: OpenOptions): Promise<Statekeeper> {
  const address = parseRedisUrl(url);
  const log = options.log ?? silentLog;
  const commands = makeConnection(address, "commands");
  logConnection(commands, log, address.shown);
  await connectWithin(commands, address.shown, options.connectTimeoutMs ?? 10_000);
  return new RedisStatekeeper({ address, commands, grid: options.grid, clock: options.clock ?? systemClock, log });
}

class RedisStatekeeper implements Statekeeper {
  readonly address: string;
  readonly grid: string;
  readonly #address: RedisAddress;
  readonly #commands: Redis;
  readonly #runner: ScriptRunner;
  readonly #readers = new Set<InboxReader>();

  constructor(parts: { address: RedisAddress; commands: Redis; grid: string; clock: Clock; log: ConnectionLog }) {
    this.address = parts.address.shown;
    this.grid = parts.grid;
    this.#address = parts.address;
    this.#commands = parts.commands;
    this.#runner = new ScriptRunner(parts.commands, parts.clock, parts.log);
  }

  pool(pool: string): PoolKeeper {
    return new RedisPool({
      pool,
      prefix: poolPrefix(this.grid, pool),
      runner: this.#runner,
      openInbox: (key, handlers, noteBack) => this.#openInbox(key, handlers, noteBack),
      onJoin: async (joined) => {
        await this.#commands.sadd(knownPoolsKey, `${this.grid}:${joined}`).catch(() => undefined);
      },
    });
  }

  async otherGridsWith(pool: string): Promise<readonly string[]> {
    // only for a hint in a message: a user without the right to read it gets none
    const known = await this.#commands.smembers(knownPoolsKey).catch(() => [] as string[]);
    // grid names hold no colon, pool ids may
    const pools = known.map((entry) => ({
      grid: entry.slice(0, entry.indexOf(":")),
      pool: entry.slice(entry.indexOf(":") + 1),
    }));
    return pools
      .filter((entry) => entry.pool === pool && entry.grid !== this.grid)
      .map(({ grid }) => grid)
      .sort();
  }

  async ping(): Promise<number> {
    const before = performance.now();
    await this.#commands.ping();
    return performance.now() - before;
  }

  async close(): Promise<void> {
    this.#runner.close();
    await Promise.all([...this.#readers].map((reader) => reader.close()));
    this.#commands.disconnect();
  }

  #openInbox(key: string, handlers: InboxHandlers, noteBack: (awayMs: number) => void): InboxListener {
    const redis = makeConnection(this.#address, "inbox");
    // the command connection tells of the same trouble; an error without a listener would be thrown
    redis.on("error", () => undefined);
    const reader = new InboxReader(redis, key, handlers, noteBack);
    this.#readers.add(reader);
    return {
      close: async () => {
        this.#readers.delete(reader);
        await reader.close();
      },
    };
  }
}
