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
const patience = { timeout: 30_000, interval: 50 };
/** A replica is served at once. */
const replication = ["--repl-diskless-sync-delay", "0"];

export class RedisSentinels {
  /** The one that began as primary, and its replica. */
  readonly servers: readonly [RedisServer, RedisServer];
  readonly #sentinels: readonly RedisServer[];
  readonly #folder: string;

  private constructor(parts: { servers: [RedisServer, RedisServer]; sentinels: RedisServer[]; folder: string }) {
    this.servers = parts.servers;
    this.#sentinels = parts.sentinels;
    this.#folder = parts.folder;
  }

  /** Resolves when the replica has the primary's data, and the sentinels know of it and of each other. */
  static async start(): Promise<RedisSentinels> {
    const primary = await RedisServer.start({ port: await RedisServer.freePort(), args: replication });
    const args = ["--replicaof", "127.0.0.1", String(portOf(primary)), ...replication];
    const replica = await RedisServer.start({ port: await RedisServer.freePort(), args });
    const folder = await mkdtemp(join(tmpdir(), "callgrid-sentinels-"));
    const files = Array.from({ length: sentinels }, (_, i) => join(folder, `${i}.conf`));
    const started = await Promise.all(files.map((file) => startSentinel(file, portOf(primary))));
    const setUp = new RedisSentinels({ servers: [primary, replica], sentinels: started, folder });
    await setUp.#everySentinelSays(`slaves=1,sentinels=${sentinels}`);
    await setUp.follows(replica);
    return setUp;
  }

  get url(): string {
    return `redis+sentinel://${this.#sentinels.map((sentinel) => `127.0.0.1:${portOf(sentinel)}`).join(",")}/${name}`;
  }

  /** Resolves once the sentinels have made this server the primary. */
  async tookOver(server: RedisServer): Promise<void> {
    await this.#everySentinelSays(`address=127.0.0.1:${portOf(server)}`);
  }

  /** Resolves once this server has the data of the primary, and could take its place. */
  async follows(server: RedisServer): Promise<void> {
    await vi.waitUntil(
      async () => (await server.command("INFO", "replication")).includes("master_link_status:up"),
      patience,
    );
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers, ...this.#sentinels].map((server) => server.stop()));
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #everySentinelSays(text: string): Promise<void> {
    await vi.waitUntil(async () => {
      const said = await Promise.all(this.#sentinels.map((sentinel) => sentinel.command("INFO", "sentinel")));
      return said.every((information) => information.includes(text));
    }, patience);
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
    `sentinel failover-timeout ${name} 3000`,
  ];
  await writeFile(file, `${watched.join("\n")}\n`);
  return RedisServer.start({ port: await RedisServer.freePort(), configuration: file, args: ["--sentinel"] });
}
