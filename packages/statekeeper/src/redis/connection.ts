/**
 * Connections to a Redis: they reconnect by themselves for as long as it takes, and find out anew each time where Sentinels say
 * that the primary is, or which node of a Cluster has their slot. A command in flight when the link breaks is sent again, which
 * the contract allows. A half-open socket is found out by silence-watch.ts.
 */
import { GridError } from "@callgrid/core";
import { Redis, type RedisOptions } from "ioredis";
import type { RedisAddress } from "./redis-address.ts";
import { readScript, scriptNames } from "./scripts.ts";
import { slotConnector } from "./slot-connector.ts";

/** What the statekeeper tells of its connections; pino's loggers fit. */
export interface ConnectionLog {
  warn(facts: Record<string, unknown>, message: string): void;
  info(facts: Record<string, unknown>, message: string): void;
}

const keepAliveMs = 5_000;
const longestRetryMs = 1_000;
/** Redis below this lacks commands that the statekeeper needs. */
export const oldestMajor = 7;

/**
 * What ioredis takes to reach the Redis at `address`, and on a Cluster the node that has the slot of `key`, wherever that is: a
 * command that comes to the wrong node (a replica, or one that has given the slot away) is sent again to the right one.
 */
export function optionsFor({ options, clusterNodes }: RedisAddress, key: string): RedisOptions {
  return {
    ...options,
    ...(clusterNodes === undefined ? {} : { Connector: slotConnector(clusterNodes, key) }),
    reconnectOnError: ({ message }) => {
      if (message.startsWith("READONLY")) return 2;
      if (clusterNodes === undefined) return false;
      // a node that says it is down may be cut off from the others; who asked asks again, after a while
      return message.startsWith("MOVED") ? 2 : message.startsWith("CLUSTERDOWN");
    },
  };
}

/** What a connection is for. */
export interface ConnectionPurpose {
  /** Its name in `CLIENT LIST`, after `callgrid-`. */
  readonly name: string;
  /** A key of the slot that it is for; all others on it are of the same slot. */
  readonly key: string;
}

/** Makes a connection that keeps trying; scripts are defined on it as commands. */
export function makeConnection(address: RedisAddress, { name, key }: ConnectionPurpose): Redis {
  const redis = new Redis({
    ...optionsFor(address, key),
    connectionName: `callgrid-${name}`,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    keepAlive: keepAliveMs,
    retryStrategy: (attempt: number) => Math.min(25 * 2 ** Math.min(attempt, 10), longestRetryMs),
    replyMapping: "legacy",
  });
  for (const script of scriptNames) redis.defineCommand(script, { numberOfKeys: 1, lua: scriptText(script) });
  return redis;
}

const scriptTexts = new Map<string, string>();

function scriptText(script: (typeof scriptNames)[number]): string {
  const known = scriptTexts.get(script);
  if (known !== undefined) return known;
  const text = readScript(script);
  scriptTexts.set(script, text);
  return text;
}

/** Says when the link breaks and when it is back, once each, and while it is down once in a while at most. */
export function logConnection(redis: Redis, log: ConnectionLog, address: string): void {
  let downSince: number | undefined;
  let lastToldAt = 0;
  redis.on("error", (error: Error) => {
    downSince ??= Date.now();
    if (Date.now() - lastToldAt < 1_000) return;
    lastToldAt = Date.now();
    log.warn({ address, reason: error.message }, "no connection to Redis, trying on");
  });
  redis.on("close", () => {
    downSince ??= Date.now();
  });
  redis.on("ready", () => {
    if (downSince !== undefined) log.info({ address, downMs: Date.now() - downSince }, "connected to Redis again");
    downSince = undefined;
  });
}

/** Connects within `timeoutMs`, or throws `CONNECTION_FAILED`; throws `REDIS_TOO_OLD` below version 7. */
export async function connectWithin(redis: Redis, address: string, timeoutMs: number): Promise<void> {
  let lastError: Error | undefined;
  const noteError = (error: Error): void => {
    lastError = error;
  };
  redis.on("error", noteError);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(connectionFailed(address, timeoutMs, lastError)), timeoutMs);
  });
  redis.connect().catch(noteError);
  try {
    await Promise.race([checkVersion(redis, address), expired]);
  } catch (error) {
    redis.disconnect();
    throw error;
  } finally {
    clearTimeout(timer);
    redis.off("error", noteError);
  }
}

async function checkVersion(redis: Redis, address: string): Promise<void> {
  const information = await redis.info("server").catch((cause: Error) => {
    throw new GridError("CONNECTION_FAILED", `Redis at ${address} refuses: ${cause.message}`, {
      details: { address },
      cause,
    });
  });
  const version = /redis_version:(\S+)/.exec(information)?.[1] ?? "unknown";
  if (Number.parseInt(version, 10) >= oldestMajor) return;
  throw new GridError(
    "REDIS_TOO_OLD",
    `Redis at ${address} is version ${version}; callgrid needs ${oldestMajor}.0 or newer`,
    {
      details: { version, address },
    },
  );
}

function connectionFailed(address: string, timeoutMs: number, cause: Error | undefined): GridError {
  const reason = cause === undefined ? "no answer" : cause.message;
  return new GridError(
    "CONNECTION_FAILED",
    `no Redis at ${address} within ${timeoutMs} ms (${reason}); is it running, and is the address right?`,
    {
      details: { address, timeoutMs },
      cause,
    },
  );
}
