/**
 * The connections by which a statekeeper gives commands: one for everything; on a Cluster one for each pool, since it follows its
 * slot, and one for a moment where something outside of all pools is asked.
 */
import type { Clock } from "@callgrid/core";
import type { Redis } from "ioredis";
import type { Limits } from "../../contract/limits.ts";
import type { ConnectionJournal, ConnectionLog } from "../failures/connection-log.ts";
import { ScriptRunner } from "../scripts/script-runner.ts";
import { knownPoolsKey } from "../wire/keys.ts";
import { closeConnection, connectWithin, makeConnection } from "./connection.ts";
import type { RedisAddress } from "./redis-address.ts";

/** How long to try for what is outside of all pools, in ms: nothing depends on it, and a pool's node may be up while its is not. */
const outsideMs = 1_000;

/** A connection, and the scripts on it. */
interface Link {
  readonly redis: Redis;
  readonly runner: ScriptRunner;
}

interface LinksParts {
  readonly address: RedisAddress;
  readonly clock: Clock;
  readonly log: ConnectionLog;
  readonly journal: ConnectionJournal;
  readonly limits: Limits;
}

export class RedisLinks {
  readonly #parts: LinksParts;
  readonly #links = new Map<string, Link>();
  #isClosed = false;

  private constructor(parts: LinksParts) {
    this.#parts = parts;
  }

  /** Throws as `connectWithin` does. */
  static async open(parts: LinksParts, connectTimeoutMs: number): Promise<RedisLinks> {
    const links = new RedisLinks(parts);
    const { shown } = parts.address;
    if (links.#isCluster) await links.#askOutside(async () => undefined, connectTimeoutMs);
    else await connectWithin(links.#link("").redis, shown, connectTimeoutMs);
    return links;
  }

  /** The scripts of the pool with this prefix. */
  runner(prefix: string): ScriptRunner {
    return this.#link(this.#isCluster ? prefix : "").runner;
  }

  /** The connection of the pool with this prefix. */
  commands(prefix: string): Redis {
    return this.#link(this.#isCluster ? prefix : "").redis;
  }

  /** Asks for what is outside of all pools. It may fail where a pool can be reached. */
  outside<Answer>(ask: (redis: Redis) => Promise<Answer>): Promise<Answer> {
    return this.#isCluster ? this.#askOutside(ask, outsideMs) : ask(this.#link("").redis);
  }

  /** How long one PING takes that goes to every Redis in use, in ms. */
  async ping(): Promise<number> {
    const before = performance.now();
    if (this.#links.size === 0) await this.outside((redis) => redis.ping());
    await Promise.all([...this.#links.values()].map(({ redis }) => redis.ping()));
    return performance.now() - before;
  }

  close(): void {
    this.#isClosed = true;
    for (const link of this.#links.values()) closeLink(link);
  }

  get #isCluster(): boolean {
    return this.#parts.address.clusterNodes !== undefined;
  }

  #link(prefix: string): Link {
    const known = this.#links.get(prefix);
    if (known !== undefined) return known;
    const { address, clock, log, journal, limits } = this.#parts;
    const redis = makeConnection(address, { name: "commands", key: prefix, limits });
    journal.follow(redis, "commands");
    const link = { redis, runner: new ScriptRunner(redis, clock, log) };
    this.#links.set(prefix, link);
    if (this.#isClosed) closeLink(link);
    return link;
  }

  async #askOutside<Answer>(ask: (redis: Redis) => Promise<Answer>, timeoutMs: number): Promise<Answer> {
    const { address } = this.#parts;
    const redis = makeConnection(address, { name: "pools", key: knownPoolsKey });
    redis.on("error", () => undefined);
    await connectWithin(redis, address.shown, timeoutMs);
    // the node may go away with the answer, and the connection would wait for it to come back
    const timer = setTimeout(() => closeConnection(redis), timeoutMs);
    try {
      return await ask(redis);
    } finally {
      clearTimeout(timer);
      closeConnection(redis);
    }
  }
}

function closeLink({ redis, runner }: Link): void {
  runner.close();
  closeConnection(redis);
}
