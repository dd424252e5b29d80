/** Puts a {@link TcpProxy} in front of a Redis: everything that goes through the proxy's URL can be broken. */
import { createConnection, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { GridError } from "@callgrid/core";
import { parseRedisUrl } from "@callgrid/statekeeper";
import { TcpProxy } from "./tcp-proxy.ts";

const redisPort = 6379;

/** A Redis behind a proxy. */
export interface RedisLink {
  readonly proxy: TcpProxy;
  /** The Redis, by way of the proxy. TLS ends at the proxy, which is on this machine. */
  readonly url: string;
}

/** Starts a proxy in front of the Redis at `url`, with its user, password and database. */
export async function linkToRedis(url: string): Promise<RedisLink> {
  const { clusterNodes, options } = parseRedisUrl(url);
  if (clusterNodes !== undefined || options.sentinels !== undefined)
    throw new GridError("INVALID_OPTION", "--url is not the URL of a single Redis: write redis://host:port");
  const target = new URL(url);
  const proxy = await TcpProxy.start(() => connectTo(target));
  return { proxy, url: urlThrough(proxy.port, target) };
}

function urlThrough(port: number, target: URL): string {
  const through = new URL(`redis://127.0.0.1:${port}`);
  const { searchParams } = target;
  // A URL of a socket has these as parameters.
  const isSocket = target.protocol === "unix:";
  through.username = isSocket ? (searchParams.get("username") ?? "") : target.username;
  through.password = isSocket ? (searchParams.get("password") ?? "") : target.password;
  through.pathname = isSocket ? `/${searchParams.get("db") ?? ""}` : target.pathname;
  return through.href;
}

function connectTo(target: URL): Socket {
  if (target.protocol === "unix:") return createConnection(decodeURIComponent(target.pathname));
  const host = target.hostname.replace(/^\[|\]$/g, "") || "localhost";
  const port = Number(target.port || redisPort);
  if (target.protocol === "rediss:") return connectTls({ host, port, servername: host });
  return createConnection(port, host);
}
