/**
 * Connections to one Redis: one for commands, and one for each inbox that is read (a blocking read holds its connection).
 * They reconnect by themselves for as long as it takes; a command in flight when the link breaks is sent again, which the
 * contract allows. A half-open socket is found out by silence-watch.ts.
 */
import { GridError } from "@callgrid/core";
import { Redis, type RedisOptions } from "ioredis";
import { readScript, scriptNames } from "./scripts.ts";

/** What the statekeeper tells of its connections; pino's loggers fit. */
export interface ConnectionLog {
  warn(facts: Record<string, unknown>, message: string): void;
  info(facts: Record<string, unknown>, message: string): void;
}

const keepAliveMs = 5_000;
const longestRetryMs = 1_000;
/** Redis below this lacks commands that the statekeeper needs. */
export const oldestMajor = 7;

/** `redis://`, `rediss://` (TLS), or `unix:///path/to/socket?password=…`. */
export interface RedisAddress {
  readonly options: RedisOptions;
  /** Without the password. */
  readonly shown: string;
}

/** Reads a URL; throws `INVALID_OPTION` for one that names no Redis. */
export function parseRedisUrl(url: string): RedisAddress {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw invalidUrl(url);
  }
  if (parsed.protocol === "unix:" && parsed.pathname !== "") {
    const options: RedisOptions = {
      path: decodeURIComponent(parsed.pathname),
      ...socketCredentials(parsed.searchParams),
    };
    return { options, shown: `unix://${parsed.pathname}` };
  }
  if (parsed.protocol !== "redis:" && parsed.protocol !== "rediss:") throw invalidUrl(url);
  const port = parsed.port === "" ? 6379 : Number(parsed.port);
  const host = parsed.hostname.replace(/^\[|\]$/g, "") || "localhost";
  const database = parsed.pathname.replace(/^\//, "");
  if (!/^\d*$/.test(database)) throw invalidUrl(url);
  const options: RedisOptions = { host, port, db: Number(database || 0), ...credentials(parsed) };
  if (parsed.protocol === "rediss:") options.tls = { servername: host };
  return {
    options,
    shown: `${parsed.protocol}//${parsed.hostname || host}:${port}${database === "" ? "" : `/${database}`}`,
  };
}

function credentials(url: URL): RedisOptions {
  return {
    ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
  };
}

/** A URL without a host has no place for them before it. */
function socketCredentials(parameters: URLSearchParams): RedisOptions {
  const username = parameters.get("username");
  const password = parameters.get("password");
  const database = parameters.get("db");
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(database === null ? {} : { db: Number(database) }),
  };
}

function invalidUrl(url: string): GridError {
  const shown = url.replace(/\/\/[^@/]*@/, "//…@");
  return new GridError(
    "INVALID_OPTION",
    `${JSON.stringify(shown)} is no URL of a Redis; write redis://host:port, rediss://… for TLS, or unix:///path`,
  );
}

/** Makes a connection that keeps trying; scripts are defined on it as commands. */
export function makeConnection(address: RedisAddress, name: string): Redis {
  const options: RedisOptions = {
    ...address.options,
    connectionName: `callgrid-${name}`,
    lazyConnect: true,
    maxRetriesPerRequest: null,
    enableReadyCheck: true,
    keepAlive: keepAliveMs,
    retryStrategy: (attempt: number) => Math.min(25 * 2 ** Math.min(attempt, 10), longestRetryMs),
    reconnectOnError: (error: Error): 2 | false => (error.message.startsWith("READONLY") ? 2 : false),
  };
  const redis = new Redis({ ...options, replyMapping: "legacy" });
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
