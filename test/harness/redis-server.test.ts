import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, inject, it, onTestFinished } from "vitest";
import { RedisServer, type RedisServerOptions } from "./redis-server.ts";

async function startServer(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await RedisServer.start(options);
  onTestFinished(() => server.stop());
  return server;
}

/** Sends inline commands and returns all that the server answers. */
async function ask(url: string, ...commands: string[]): Promise<string> {
  const { protocol, port, pathname } = new URL(url);
  const connection = protocol === "unix:" ? createConnection(pathname) : createConnection(Number(port), "127.0.0.1");
  connection.write([...commands, "QUIT", ""].join("\r\n"));
  return (await buffer(connection)).toString();
}

describe("the shared Redis", () => {
  it("answers on the socket that the run provides", async () => {
    expect(inject("redisUrl")).toMatch(/^unix:\/\/\/.*redis\.sock$/);
    expect(await ask(inject("redisUrl"), "PING")).toBe("+PONG\r\n+OK\r\n");
  });
});

describe("a Redis of a test's own", () => {
  it("listens on a port when given one, and reports its version", async () => {
    const port = await RedisServer.freePort();
    const server = await startServer({ port });
    expect(server.url).toBe(`redis://127.0.0.1:${port}`);
    expect(await ask(server.url, "PING")).toBe("+PONG\r\n+OK\r\n");
    expect(server.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("gets ports that no outgoing connection gets, each once", async () => {
    const ports = await Promise.all(Array.from({ length: 40 }, () => RedisServer.freePort()));
    expect(new Set(ports).size).toBe(40);
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });

  it("restarts empty at the same address after it was killed", async () => {
    const server = await startServer();
    const { url, pid } = server;
    await ask(url, "SET key value");
    await server.kill("SIGKILL");
    expect(server.pid).toBeUndefined();
    await server.restart();
    expect(server.url).toBe(url);
    expect(server.pid).not.toBe(pid);
    expect(await ask(url, "GET key")).toBe("$-1\r\n+OK\r\n");
  });

  it("remembers across a restart if it saves", async () => {
    const dir = await mkdtemp(join(tmpdir(), "callgrid-test-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const server = await startServer({ dir, args: ["--appendonly", "yes"] });
    await ask(server.url, "SET key value");
    await server.restart();
    expect(await ask(server.url, "GET key")).toBe("$5\r\nvalue\r\n+OK\r\n");
    await server.stop();
    expect(existsSync(dir)).toBe(true);
  });

  it("stops while it is suspended, and takes its temporary folder along", async () => {
    const server = await startServer();
    await server.kill("SIGSTOP");
    await server.stop();
    expect(server.pid).toBeUndefined();
    expect(existsSync(fileURLToPath(server.url.replace("unix:", "file:")))).toBe(false);
  });

  it("rejects with the server's own words when it cannot start", async () => {
    await expect(RedisServer.start({ args: ["--no-such-option", "1"] })).rejects.toThrow(/no-such-option/);
  });
});
