/** The health port and clients that are slow, silent or many, on real sockets. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { type Clock, VirtualClock } from "@callgrid/core";
import { openStatekeeper } from "@callgrid/statekeeper";
import { expect, inject, it, onTestFinished } from "vitest";
import { until } from "../../../test/harness/until.ts";
import { connectionLifeMs, connectionLimit, serverLimits } from "./connection-limits.ts";
import { startHealth } from "./health-server.ts";

/** Far below Node's own limits, and far above those of the health port. */
const patience = { timeout: 30_000 };

async function serve(parts: { clock?: Clock; nodes?: () => readonly string[] } = {}): Promise<URL> {
  const statekeeper = await openStatekeeper(inject("redisUrl"), { grid: "health-server" });
  onTestFinished(() => statekeeper.close());
  const place = { port: 0, host: "127.0.0.1" };
  const keeper = statekeeper.pool("pool");
  const health = await startHealth({ nodes: () => ["pool/w1"], ...parts, ...place, keeper, statekeeper });
  onTestFinished(() => health.stop());
  return new URL(health.url);
}

/** A client that writes and reads as it likes, and what came back to it. */
class RawClient {
  readonly socket: Socket;
  text = "";

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      this.text += chunk;
    });
    // a reset connection is closed, too, and that is what is waited for
    socket.on("error", () => undefined);
    onTestFinished(() => void socket.destroy());
  }

  static async connect({ hostname, port }: URL): Promise<RawClient> {
    const client = new RawClient(connect(Number(port), hostname));
    await once(client.socket, "connect");
    return client;
  }

  get isClosed(): boolean {
    return this.socket.closed;
  }
}

async function statusOf(url: URL): Promise<number> {
  return (await fetch(new URL("/healthz", url))).status;
}

it.each([
  ["nothing", ""],
  ["a part of its headers, byte by byte", "GET /healthz HTTP/1.1\r\nx: "],
])("cuts off a client that sends %s, and serves others meanwhile", patience, async (_, start) => {
  const url = await serve();
  const client = await RawClient.connect(url);
  client.socket.write(start);
  const trickle = setInterval(() => start !== "" && client.socket.writable && client.socket.write("x"), 200);
  onTestFinished(() => clearInterval(trickle));
  expect(await statusOf(url)).toBe(200);
  await until(() => client.isClosed);
  expect(client.text).toMatch(/^HTTP\/1.1 408 /);
});

it("refuses headers that are too large", async () => {
  const client = await RawClient.connect(await serve());
  client.socket.write(`GET /healthz HTTP/1.1\r\nx: ${"x".repeat(serverLimits.maxHeaderSize)}\r\n\r\n`);
  await until(() => client.isClosed);
  expect(client.text).toMatch(/^HTTP\/1.1 431 /);
});

it("closes a connection after one request", async () => {
  const client = await RawClient.connect(await serve());
  client.socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: keep-alive\r\n\r\n");
  await until(() => client.isClosed);
  expect(client.text).toMatch(/^HTTP\/1.1 200 OK\r\nconnection: close\r\n/i);
});

it("the oldest connections give way when there are too many, so that new clients are served", patience, async () => {
  const url = await serve();
  const surplus = 20;
  const clients: RawClient[] = [];
  for (let count = 0; count < connectionLimit + surplus; count++) clients.push(await RawClient.connect(url));
  expect(await statusOf(url)).toBe(200);
  await until(() => clients.slice(0, surplus + 1).every(({ isClosed }) => isClosed));
  // a connection that gives way is closed without a word; one that is late gets a 408
  await until(() => clients.every(({ isClosed }) => isClosed));
  expect(clients.filter(({ text }) => text === "")).toEqual(clients.slice(0, surplus + 1));
});

it("cuts off a client that does not read its answer", async () => {
  const clock = new VirtualClock();
  const bytes = 50_000_000;
  const url = await serve({ clock, nodes: () => ["x".repeat(bytes)] });
  const client = await RawClient.connect(url);
  client.socket.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
  await once(client.socket, "data");
  client.socket.pause();
  await clock.advance(connectionLifeMs);
  client.socket.resume();
  await until(() => client.isClosed);
  expect(client.text.length).toBeLessThan(bytes);
});
