/**
 * Reads the URL of a Redis: of a single server, of a Cluster (some of its nodes), or of Sentinels that know where the primary is.
 * The result is options of ioredis, which all connections of the grid are made with.
 */
import { isIP } from "node:net";
import { GridError } from "@callgrid/core";
import type { RedisOptions } from "ioredis";

/** Where a node of a Cluster, or a Sentinel, listens. */
export interface NodeAddress {
  readonly host: string;
  readonly port: number;
}

/** What a URL says; see the head of this file. */
export interface RedisAddress {
  /** Of a Cluster without a host: each connection finds its own, see slot-connector.ts. */
  readonly options: RedisOptions;
  /** Some nodes, if it is a Cluster. */
  readonly clusterNodes?: readonly NodeAddress[];
  /** Without the password. */
  readonly shown: string;
}

const redisPort = 6379;
const sentinelPort = 26_379;
/** How long to wait before all Sentinels are asked once more, at most, in ms. */
const longestSentinelPauseMs = 1_000;
/** After how long a Sentinel that says nothing is left for the next one, in ms. */
const sentinelAnswerMs = 2_000;

/**
 * Reads one of
 * - `redis://[user:password@]host[:port][/database]`
 * - `redis+cluster://[user:password@]host[:port][,host[:port]…]`
 * - `redis+sentinel://[user:password@]host[:port][,host[:port]…]/primary[/database]`, with `?sentinel_username=…` and
 *   `?sentinel_password=…` where the Sentinels ask for one
 * - `unix:///path/to/socket?password=…`, with `username` and `db`
 *
 * with `rediss` for TLS. Also `redis-cluster` and `redis-sentinel`, as some write it.
 *
 * @throws GridError `INVALID_OPTION` for one that names no Redis.
 */
export function parseRedisUrl(url: string): RedisAddress {
  try {
    const manyHosts =
      /^(rediss?)[+-](cluster|sentinel):\/\/(?:([^@/?#]*)@)?([^@/?#]+)((?:\/[^@?#]*)?)(?:\?([^#]*))?$/.exec(url);
    if (manyHosts === null) return readSingle(new URL(url));
    const [, scheme = "", kind, login = "", hosts = "", path = "", query] = manyHosts;
    const parts = { isSecure: scheme === "rediss", hosts, path, options: loginOf(login) };
    const parameters = new URLSearchParams(query);
    const shown = `${scheme}+${kind}://${hosts}${path}`;
    refuseUnknown(parameters, kind === "cluster" ? [] : ["sentinel_username", "sentinel_password"]);
    if (kind === "cluster") return { ...readCluster(parts), shown };
    return { options: readSentinel(parts, parameters), shown };
  } catch {
    // the parts of a URL throw errors of their own, which may quote it: what is wrong is the URL
    throw invalidUrl(url);
  }
}

function readSingle(url: URL): RedisAddress {
  if (url.hash !== "") throw new Error("it has a #");
  if (url.protocol === "unix:" && url.pathname !== "") {
    refuseUnknown(url.searchParams, ["username", "password", "db"]);
    const options: RedisOptions = { path: decodeURIComponent(url.pathname), ...socketLogin(url.searchParams) };
    return { options, shown: `unix://${url.pathname}` };
  }
  if (url.protocol !== "redis:" && url.protocol !== "rediss:") throw new Error(`there is no scheme ${url.protocol}`);
  refuseUnknown(url.searchParams, []);
  const port = url.port === "" ? redisPort : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, "") || "localhost";
  const database = url.pathname.replace(/^\//, "");
  const options: RedisOptions = {
    ...{ host, port, db: databaseOf(database) },
    ...loginOf(`${url.username}:${url.password}`),
  };
  // a name is for choosing among certificates, which addresses are not allowed to do
  if (url.protocol === "rediss:") options.tls = isIP(host) === 0 ? { servername: host } : {};
  return {
    options,
    shown: `${url.protocol}//${url.hostname || host}:${port}${database === "" ? "" : `/${database}`}`,
  };
}

interface ManyHosts {
  readonly isSecure: boolean;
  readonly hosts: string;
  readonly path: string;
  readonly options: RedisOptions;
}

function readCluster({ isSecure, hosts, path, options }: ManyHosts): Omit<RedisAddress, "shown"> {
  // a Cluster has no other database
  if (!/^(\/0?)?$/.test(path)) throw new Error("a Cluster has database 0 only");
  const secure = isSecure ? { tls: {} } : {};
  return { options: { ...options, ...secure }, clusterNodes: nodesOf(hosts, redisPort) };
}

function readSentinel({ isSecure, hosts, path, options }: ManyHosts, parameters: URLSearchParams): RedisOptions {
  const [name = "", database = "", ...rest] = path.split("/").slice(1).map(decodeURIComponent);
  if (name === "" || rest.length > 0) throw new Error("the name of the primary is missing");
  const username = parameters.get("sentinel_username");
  const password = parameters.get("sentinel_password");
  return {
    ...{ ...options, name, db: databaseOf(database), sentinels: [...nodesOf(hosts, sentinelPort)] },
    ...(isSecure ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
    ...(username === null ? {} : { sentinelUsername: username }),
    ...(password === null ? {} : { sentinelPassword: password }),
    sentinelCommandTimeout: sentinelAnswerMs,
    sentinelRetryStrategy: (attempt) => Math.min(25 * 2 ** Math.min(attempt, 10), longestSentinelPauseMs),
  };
}

function nodesOf(hosts: string, defaultPort: number): readonly NodeAddress[] {
  return hosts.split(",").map((text) => {
    const [, six, four, port] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
    const host = six ?? four;
    if (host === undefined || Number(port) > 65_535) throw new Error(`${text} is not a host`);
    return { host, port: Number(port ?? defaultPort) };
  });
}

/** `user:password`, where either may be missing. */
function loginOf(login: string): RedisOptions {
  const end = login.indexOf(":");
  const username = decodeURIComponent(end === -1 ? login : login.slice(0, end));
  const password = end === -1 ? "" : decodeURIComponent(login.slice(end + 1));
  return { ...(username === "" ? {} : { username }), ...(password === "" ? {} : { password }) };
}

/** A URL without a host has no place for them before it. */
function socketLogin(parameters: URLSearchParams): RedisOptions {
  const username = parameters.get("username");
  const password = parameters.get("password");
  const database = parameters.get("db");
  return {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(database === null ? {} : { db: databaseOf(database) }),
  };
}

function databaseOf(text: string): number {
  if (!/^\d*$/.test(text)) throw new Error("a database is a number");
  return Number(text || 0);
}

/** A `?` may belong to a password that is not encoded: to pass it over would be to connect to something else. */
function refuseUnknown(parameters: URLSearchParams, known: readonly string[]): void {
  for (const name of parameters.keys()) if (!known.includes(name)) throw new Error("a parameter is unknown");
}

/** Scheme, hosts, and a path or none; no login, in no form. */
const harmless = /^[a-z][a-z+-]*:\/\/[\w.-]+(:\d+)?(,[\w.-]+(:\d+)?)*(\/[\w.-]*)*$/i;

/** In an unreadable URL any part may be the password. */
function invalidUrl(url: string): GridError {
  const shown = harmless.test(url) ? JSON.stringify(url) : "what is given (not shown, since it may hold a password)";
  return new GridError(
    "INVALID_OPTION",
    `${shown} is not the URL of a Redis; write redis://host:port, redis+cluster://host:port,host:port, ` +
      "redis+sentinel://host:port,host:port/primary, rediss… for TLS, or unix:///path; " +
      "in user and password, write % as %25, / as %2F, ? as %3F, # as %23 and @ as %40",
  );
}
