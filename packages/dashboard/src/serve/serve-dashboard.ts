/** Serves a dashboard on a port of its own. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, isIPv6 } from "node:net";
import { GridError, messageOf } from "@callgrid/core";
import { getRequestListener } from "@hono/node-server";
import { isLoopbackName } from "../access/request-place.ts";
import { makeToken, type RoleTokens } from "../access/tokens.ts";
import type { DashboardSource } from "../collect/dashboard-source.ts";
import { DashboardApp } from "./dashboard-app.ts";

/** Where and for whom a dashboard is served. */
export interface ServeOptions {
  /** 0: any that is free. */
  readonly port: number;
  readonly host: string;
  /** Further names that it may be asked by. */
  readonly hosts: readonly string[];
  readonly tokens: RoleTokens;
  readonly hidesValues: boolean;
}

/** A dashboard that is being served. */
export interface RunningDashboard {
  /** `http://host:port/`. */
  readonly url: string;
  /** The viewer's token if one was made, since the address is open to other machines and no token was given. */
  readonly madeToken: string | undefined;
  /** How many viewers are connected. */
  readonly viewers: number;
  stop(): Promise<void>;
}

/**
 * Serves it until it is stopped. On a loopback address anyone may look without a token; on another one a token is required.
 *
 * @throws GridError `INVALID_OPTION` when the port cannot be had.
 */
export async function serveDashboard(source: DashboardSource, options: ServeOptions): Promise<RunningDashboard> {
  const { host, hosts, hidesValues } = options;
  const isLoopback = isLoopbackName(host);
  const madeToken = isLoopback || options.tokens.viewer !== undefined ? undefined : makeToken();
  const tokens = madeToken === undefined ? options.tokens : { ...options.tokens, viewer: madeToken };
  const openRole = isLoopback && tokens.viewer === undefined ? "viewer" : undefined;
  const access = { openRole, tokens, place: { isLoopback, hosts: [...hosts, host] } } as const;
  const app = new DashboardApp({ source, access, hidesValues });
  const listener = getRequestListener(app.hono.fetch);
  const server = createServer((request, response) => void listener(request, response));
  await listen(server, options);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`,
    madeToken,
    get viewers() {
      return app.viewers;
    },
    stop: async () => {
      app.stop();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

async function listen(server: Server, { port, host }: ServeOptions): Promise<void> {
  server.listen({ port, host });
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new GridError("INVALID_OPTION", `--port ${port}: cannot serve the dashboard there (${messageOf(cause)})`, {
      details: { path: "--port" },
      cause,
    });
  }
}
