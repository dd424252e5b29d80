/**
 * Connections to a Redis: they reconnect by themselves for as long as it takes, and ask again each time where Sentinels say
 * that the primary is, or which node of a Cluster has their slot. A command in flight when the link breaks is sent again, which
 * the contract allows. No step of a link's life can hang: silence-watch.ts gives up one that goes silent, be it before it is ready.
 */
import { GridError } from "@callgrid/core";
import { Redis, type RedisOptions } from "ioredis";
import { type Limits, usualLimits } from "../../contract/limits.ts";
import { isCutOff, telling } from "../failures/cut-off.ts";
import { isPassingRefusal, refusalPauseMs } from "../failures/passing-refusal.ts";
import { plainCause } from "../failures/plain-cause.ts";
import { readScript, type ScriptName, scriptNames } from "../scripts/scripts.ts";
import type { RedisAddress } from "./redis-address.ts";
import { watchSilence } from "./silence-watch.ts";
import { slotConnector } from "./slot-connector.ts";

const keepAliveMs = 5_000;
const longestRetryMs = 1_000;
/** How long DNS, TCP and TLS may take together, in ms; then the attempt begins again, where Sentinels or a Cluster say by then. */
const linkMs = 5_000;
/** How long a connection that is closed may take to send what is left, in ms. */
const closingMs = 500;
/** How often a Redis that loads its data is asked whether it has, in ms. */
const loadingMs = 1_000;
/** Redis below this lacks commands that the statekeeper needs. */
export const oldestMajor = 7;

/**
 * What ioredis takes to reach the Redis at `address`, and on a Cluster the node that has the slot of `key`, wherever that is: a
 * command that reaches the wrong node (a replica, or one that has given the slot away) is sent again to the right one.
 */
export function optionsFor({ options, clusterNodes }: RedisAddress, key: string): RedisOptions {
  return {
    ...options,
    connectTimeout: linkMs,
    disconnectTimeout: closingMs,
    maxLoadingRetryTime: loadingMs,
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
  /** How much its scripts look at; default {@link usualLimits}. */
  readonly limits?: Limits;
}

/** Makes a connection that keeps trying; scripts are defined on it as commands. */
export function makeConnection(address: RedisAddress, { name, key, limits = usualLimits }: ConnectionPurpose): Redis {
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
  watchSilence(redis);
  for (const script of scriptNames) defineOnFirstCall(redis, script, limits);
  return redis;
}

/** Most connections call few scripts, and making the texts of all takes longer than loading this package. */
function defineOnFirstCall(redis: Redis, script: ScriptName, limits: Limits): void {
  Object.defineProperty(redis, script, {
    configurable: true,
    get: () => {
      Reflect.deleteProperty(redis, script);
      redis.defineCommand(script, { numberOfKeys: 1, lua: scriptText(script, limits) });
      return Reflect.get(redis, script) as unknown;
    },
  });
}

const scriptTexts = new WeakMap<Limits, Map<ScriptName, string>>();

function scriptText(script: ScriptName, limits: Limits): string {
  const texts = scriptTexts.get(limits) ?? new Map<ScriptName, string>();
  scriptTexts.set(limits, texts);
  const text = texts.get(script) ?? readScript(script, limits);
  texts.set(script, text);
  return text;
}

/**
 * Connects within `timeoutMs`, or throws `CONNECTION_FAILED`; what Redis refuses for reasons that pass is retried until then.
 * Throws `REDIS_TOO_OLD` below version 7.
 */
export async function connectWithin(redis: Redis, address: string, timeoutMs: number): Promise<void> {
  let lastError: Error | undefined;
  const noteError = (error: Error): void => {
    lastError = telling(lastError, error);
  };
  redis.on("error", noteError);
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(connectionFailed(address, timeoutMs, lastError)), timeoutMs);
  });
  redis.connect().catch(noteError);
  try {
    await Promise.race([checkVersion(redis, address, noteError), expired]);
  } catch (error) {
    closeConnection(redis);
    throw error;
  } finally {
    clearTimeout(timer);
    redis.off("error", noteError);
  }
}

/** Closes a connection for good; what waits on it fails. */
export function closeConnection(redis: Redis): void {
  // ioredis would drop the pending attempt, and leave what waits for it waiting
  if (redis.status === "reconnecting") redis.connect().catch(() => undefined);
  redis.disconnect();
}

async function checkVersion(redis: Redis, address: string, onRefusal: (error: Error) => void): Promise<void> {
  const information = await askPatiently(() => redis.info("server"), onRefusal).catch((cause: Error) => {
    throw new GridError("CONNECTION_FAILED", `Redis at ${address} refuses: ${cause.message}`, {
      details: { address },
      cause: plainCause(cause),
    });
  });
  const version = /redis_version:(\S+)/.exec(information)?.[1] ?? "unknown";
  if (Number.parseInt(version, 10) >= oldestMajor) return;
  throw new GridError(
    "REDIS_TOO_OLD",
    `Redis at ${address} is version ${version}; callgrid needs Redis ${oldestMajor}.0 or later, or Valkey 8 or later`,
    {
      details: { version, address },
    },
  );
}

async function askPatiently<Answer>(ask: () => Promise<Answer>, onRefusal: (error: Error) => void): Promise<Answer> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Error) || !isPassingRefusal(error)) throw error;
      onRefusal(error);
      await new Promise((resolve) => setTimeout(resolve, refusalPauseMs(attempt)));
    }
  }
}

function connectionFailed(
  address: string,
  timeoutMs: number,
  cause: (Error & { readonly code?: string }) | undefined,
): GridError {
  const reason = cause === undefined ? "no answer" : cause.message;
  return new GridError(
    "CONNECTION_FAILED",
    `no Redis at ${address} within ${timeoutMs} ms (${reason}); ${adviceOn(cause)}`,
    { details: { address, timeoutMs }, cause: cause && plainCause(cause) },
  );
}

function adviceOn(cause: Error | undefined): string {
  return cause !== undefined && isCutOff(cause)
    ? "it closes every connection at once: is its maxclients reached, or does it expect TLS?"
    : "is it running, and is the address right?";
}
