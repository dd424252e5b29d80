/**
 * Bounds what clients of the health port can hold: each connection serves one request and ends within seconds, and the oldest
 * one gives way when there are too many. So slow or silent clients cost little, and keep no probe from its answer.
 */
import type { Server, ServerOptions } from "node:http";
import type { Socket } from "node:net";
import type { Clock } from "@callgrid/core";

/** How many connections are open at a time. */
export const connectionLimit = 64;

/** How long a connection lasts at most, in ms: also for a client that does not read its answer. */
export const connectionLifeMs = 10_000;

/** What Node itself looks after; a client that is late with its request gets a 408. */
export const serverLimits = {
  headersTimeout: 3_000,
  requestTimeout: 5_000,
  connectionsCheckingInterval: 500,
  maxHeaderSize: 8_192,
} as const satisfies ServerOptions;

/** Ends the connections of `server` that last too long, and the oldest ones where there are too many. */
export function boundConnections(server: Server, clock: Clock): void {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    const cancelEnd = clock.background(connectionLifeMs, () => socket.destroy());
    open.add(socket);
    socket.once("close", () => {
      cancelEnd();
      open.delete(socket);
    });
    const [oldest] = open;
    if (oldest === undefined || open.size <= connectionLimit) return;
    open.delete(oldest);
    oldest.destroy();
  });
}
