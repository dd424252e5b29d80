/** A real set-up of Redis Sentinel on this machine: a primary, a replica, and three sentinels that watch them. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { RedisServer } from "./redis-server.ts";

const name = "prime";
const sentinels = 3;
/** How many sentinels have to agree that the primary is dead. */
const quorum = 2;
/** After how long a silent primary is taken for dead, in ms. */
const downAfterMs = 1_000;
const settleMs = 30_000;

export class RedisSentinels {
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly #sentinels: readonly RedisServer[];
  readonly #folder: string;

  private constructor(parts: { primary: RedisServer; replica: RedisServer; sentinels: RedisServer[]; folder: string }) {
    this.primary = parts.primary;
    this.replica = parts.replica;
    this.#sentinels = parts.sentinels;
    this.#folder = parts.folder;
  }

  /** Resolves when the replica has the primary's data, and the sentinels know of it and of each other. */
  static async start(): Promise<RedisSentinels> {
    const primary = await RedisServer.start({ port: await RedisServer.freePort() });
    const args = ["--replicaof", "127.0.0.1", String(portOf(primary)), "--repl-diskless-sync-delay", "0"];
    const replica = await RedisServer.start({ port: await RedisServer.freePort(), args });
    const folder = await mkdtemp(join(tmpdir(), "callgrid-sentinels-"));
    const started = Array.from({ length: sentinels }, (_, i) =>
      startSentinel(join(folder, `${i}.conf`), portOf(primary)),
    );
    const setUp = new RedisSentinels({ primary, replica, sentinels: await Promise.all(started), folder });
    await setUp.#everySentinelSays(`slaves=1,sentinels=${sentinels}`);
    return setUp;
  }

  get url(): string {
    return `redis+sentinel://${this.#sentinels.map((sentinel) => `127.0.0.1:${portOf(sentinel)}`).join(",")}/${name}`;
  }

  /** Resolves once the sentinels have made the replica the primary. */
  async replicaTookOver(): Promise<void> {
    await this.#everySentinelSays(`address=127.0.0.1:${portOf(this.replica)}`);
  }

  async stop(): Promise<void> {
    await Promise.all([this.primary, this.replica, ...this.#sentinels].map((server) => server.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #everySentinelSays(text: string): Promise<void> {
    await vi.waitUntil(
      async () => {
        const said = await Promise.all(this.#sentinels.map((sentinel) => sentinel.command("INFO", "sentinel")));
        return said.every((information) => information.includes(text));
      },
      { timeout: settleMs, interval: 50 },
    );
  }
}

function portOf(server: RedisServer): number {
  return Number(new URL(server.url).port);
}

/** It keeps what it finds out in its file. */
async function startSentinel(file: string, primaryPort: number): Promise<RedisServer> {
  const watched = [
    `sentinel monitor ${name} 127.0.0.1 ${primaryPort} ${quorum}`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 10000`,
  ];
  await writeFile(file, `${watched.join("\n")}\n`);
  return RedisServer.start({ port: await RedisServer.freePort(), configuration: file, args: ["--sentinel"] });
}
