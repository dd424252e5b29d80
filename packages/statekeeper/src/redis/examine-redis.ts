import { messageOf } from "@callgrid/core";
import { Redis } from "ioredis";
import { telling } from "./failures/cut-off.ts";
import { oldestMajor, optionsFor } from "./links/connection.ts";
import { parseRedisUrl, type RedisAddress } from "./links/redis-address.ts";
import { isDenial, type RefusalKind, refusalKind } from "./redis-refusal.ts";
import { readScript } from "./scripts/scripts.ts";
import { type ServerKind, serverKind } from "./server-kind.ts";
import { poolPrefix } from "./wire/keys.ts";

/** What to examine. */
export interface ExamineOptions {
  readonly grid: string;
  readonly pool: string;
  /** How long to try to connect, and to wait for each answer, in ms. */
  readonly connectTimeoutMs: number;
}

/** A command that the user of the URL may not use, and Redis's reason. */
export interface DeniedCommand {
  readonly command: string;
  readonly reason: string;
}

/** What was found out; undefined where Redis refused to answer. */
export interface RedisFacts {
  /** Without a password. */
  readonly address: string;
  readonly server: ServerKind;
  readonly isTooOld: boolean;
  readonly isReplica: boolean;
  /** Whether it is a node of a Cluster. */
  readonly isCluster: boolean;
  /** Whether the URL says so; else pools in slots of other nodes are not found. */
  readonly isGivenAsCluster: boolean;
  /** Whether the pool's slot of the Cluster is on its way to another node, so that the pool rests. */
  readonly isSlotMoving: boolean;
  readonly evictionPolicy: string | undefined;
  readonly usedBytes: number | undefined;
  /** 0: no limit. */
  readonly limitBytes: number | undefined;
  readonly systemBytes: number | undefined;
  readonly isAppendOnly: boolean | undefined;
  /** Whether it saves snapshots by itself. */
  readonly savesSnapshots: boolean | undefined;
  /** Whether its last attempts to write to disk went well. */
  readonly canSave: boolean;
  /** How far Redis's clock is ahead of this machine's, in ms; negative: behind. */
  readonly clockAheadMs: number | undefined;
  /** The median of some round trips, in ms. */
  readonly roundTripMs: number | undefined;
  readonly denied: readonly DeniedCommand[];
}

/** The result of an examination. */
export type Examination =
  | { readonly kind: "refused"; readonly address: string; readonly cause: RefusalKind; readonly reason: string }
  | { readonly kind: "examined"; readonly facts: RedisFacts };

const roundTrips = 11;

/**
 * Examines a Redis for `doctor`: whether it can be reached, and how it is set up. It tries once and never waits for a Redis to come back.
 * It goes on where a single question is refused, since a user of least privilege may not ask them all. It writes only the keys of one
 * script, which removes them again.
 *
 * @throws GridError `INVALID_OPTION` for a URL that names no Redis.
 */
export async function examineRedis(url: string, options: ExamineOptions): Promise<Examination> {
  const address = parseRedisUrl(url);
  const redis = makeOnce(address, options);
  let lastError: Error | undefined;
  redis.on("error", (error: Error) => {
    lastError = telling(lastError, error);
  });
  try {
    await redis.connect();
    const information = readInformation(await redis.info());
    return { kind: "examined", facts: await collect(redis, address, information, options) };
  } catch (thrown) {
    const error = telling(lastError, thrown instanceof Error ? thrown : new Error(messageOf(thrown)));
    return { kind: "refused", address: address.shown, cause: await refusalKind(error, address), reason: error.message };
  } finally {
    redis.disconnect();
  }
}

function makeOnce(address: RedisAddress, { grid, pool, connectTimeoutMs }: ExamineOptions): Redis {
  return new Redis({
    ...optionsFor(address, poolPrefix(grid, pool)),
    connectionName: "callgrid-doctor",
    lazyConnect: true,
    enableReadyCheck: false,
    retryStrategy: () => null,
    sentinelRetryStrategy: () => null,
    reconnectOnError: null,
    maxRetriesPerRequest: 0,
    connectTimeout: connectTimeoutMs,
    commandTimeout: connectTimeoutMs,
    replyMapping: "legacy",
  });
}

type Information = ReadonlyMap<string, string>;

async function collect(
  redis: Redis,
  address: RedisAddress,
  information: Information,
  options: ExamineOptions,
): Promise<RedisFacts> {
  const isTooOld = !(Number.parseInt(information.get("redis_version") ?? "", 10) >= oldestMajor);
  const number = (name: string): number | undefined => {
    const text = information.get(name);
    return text === undefined ? undefined : Number(text);
  };
  return {
    ...{ address: address.shown, server: serverKind(information), isTooOld },
    isReplica: information.get("role") === "slave",
    isCluster: information.get("redis_mode") === "cluster",
    isGivenAsCluster: address.clusterNodes !== undefined,
    isSlotMoving: await isSlotMoving(redis, options),
    evictionPolicy: information.get("maxmemory_policy"),
    ...{
      usedBytes: number("used_memory"),
      limitBytes: number("maxmemory"),
      systemBytes: number("total_system_memory"),
    },
    isAppendOnly: information.has("aof_enabled") ? information.get("aof_enabled") === "1" : undefined,
    savesSnapshots: await allowed(redis.config("GET", "save").then((reply) => savePoints(reply) !== "")),
    canSave: !["aof_last_write_status", "rdb_last_bgsave_status"].some((name) => information.get(name) === "err"),
    clockAheadMs: await allowed(clockAhead(redis)),
    roundTripMs: await allowed(roundTrip(redis)),
    // the commands of an old Redis are not those that are needed
    denied: isTooOld ? [] : await deniedCommands(redis, options),
  };
}

function readInformation(text: string): Information {
  const lines = text.split("\r\n").filter((line) => line.includes(":"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
}

/** The answer to a question; undefined if it was refused. */
async function allowed<Value>(asked: Promise<Value>): Promise<Value | undefined> {
  return asked.catch(() => undefined);
}

/** The pool's prefix is not a key, so the node that gives its slot away redirects each question for it to the other one. */
async function isSlotMoving(redis: Redis, { grid, pool }: ExamineOptions): Promise<boolean> {
  const answer = await redis.exists(poolPrefix(grid, pool)).catch((error: Error) => error.message);
  return String(answer).startsWith("ASK");
}

function savePoints(reply: unknown): string {
  return Array.isArray(reply) ? String(reply[1] ?? "") : "";
}

async function clockAhead(redis: Redis): Promise<number> {
  const before = Date.now();
  const [seconds = 0, micros = 0] = await redis.time();
  return Math.round(Number(seconds) * 1_000 + Number(micros) / 1_000 - (before + Date.now()) / 2);
}

async function roundTrip(redis: Redis): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < roundTrips; i += 1) {
    const before = performance.now();
    await redis.ping();
    times.push(performance.now() - before);
  }
  return times.sort((one, other) => one - other)[Math.floor(roundTrips / 2)] ?? 0;
}

async function deniedCommands(redis: Redis, { grid, pool }: ExamineOptions): Promise<DeniedCommand[]> {
  const prefix = poolPrefix(grid, pool);
  const probes = await Promise.all([
    denied("PING", redis.ping()),
    denied("BLMPOP", redis.call("BLMPOP", "0.001", "1", `${prefix}probe:inbox`, "LEFT", "COUNT", "1")),
  ]);
  return [...probes.flat(), ...(await deniedInScripts(redis, prefix))];
}

/** The command, if it was refused for lack of rights; other failures are reported elsewhere. */
async function denied(command: string, asked: Promise<unknown>): Promise<DeniedCommand[]> {
  try {
    await asked;
    return [];
  } catch (error) {
    return [{ command, reason: messageOf(error) }].filter(({ reason }) => isDenial(reason));
  }
}

async function deniedInScripts(redis: Redis, prefix: string): Promise<DeniedCommand[]> {
  // no script has that hash: without the right to run one, this is refused, and otherwise it is not found
  const unable = await denied("EVALSHA", redis.evalsha("0".repeat(40), 1, prefix));
  if (unable.length > 0) return unable;
  let reply: string[] = [];
  const failed = await denied(
    "EVAL",
    redis.eval(readScript("examine"), 1, prefix).then((texts) => {
      reply = texts as string[];
    }),
  );
  return [...failed, ...pairs(reply).filter(({ reason }) => isDenial(reason))];
}

function pairs(reply: readonly string[]): DeniedCommand[] {
  const found: DeniedCommand[] = [];
  for (let i = 0; i + 1 < reply.length; i += 2) found.push({ command: reply[i] ?? "", reason: reply[i + 1] ?? "" });
  return found;
}
