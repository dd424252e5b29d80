/** A real set-up of Redis Sentinel on this machine: a primary, a replica, and three sentinels that watch them. */
import { RedisServer } from "./redis-server.ts";
import { until } from "./until.ts";

const name = "prime";
const sentinels = 3;
/** How many sentinels have to agree that the primary is dead. */
const quorum = 2;
/** After how long a silent primary is taken for dead, in ms. */
const downAfterMs = 1_000;
/** A replica is served at once. */
const replication = ["--repl-diskless-sync-delay", "0"];

export class RedisSentinels {
  /** The one that began as primary, and its replica. */
  readonly servers: readonly [RedisServer, RedisServer];
  readonly #sentinels: readonly RedisServer[];

  private constructor(servers: readonly [RedisServer, RedisServer], watching: readonly RedisServer[]) {
    this.servers = servers;
    this.#sentinels = watching;
  }

  /** Resolves when the replica has the primary's data, and the sentinels know of it and of each other. */
  static async start(): Promise<RedisSentinels> {
    const primary = await RedisServer.start({ port: await RedisServer.freePort(), args: replication });
    const args = ["--replicaof", "127.0.0.1", String(portOf(primary)), ...replication];
    const replica = await RedisServer.start({ port: await RedisServer.freePort(), args });
    const watching = Array.from({ length: sentinels }, () => startSentinel(portOf(primary)));
    const setUp = new RedisSentinels([primary, replica], await Promise.all(watching));
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
    await until(async () => (await server.command("INFO", "replication")).includes("master_link_status:up"));
  }

  async stop(): Promise<void> {
    await Promise.all([...this.servers, ...this.#sentinels].map((server) => server.stop()));
  }

  async #everySentinelSays(text: string): Promise<void> {
    await until(async () => {
      const said = await Promise.all(this.#sentinels.map((sentinel) => sentinel.command("INFO", "sentinel")));
      return said.every((information) => information.includes(text));
    });
  }
}

function portOf(server: RedisServer): number {
  return Number(new URL(server.url).port);
}

async function startSentinel(primaryPort: number): Promise<RedisServer> {
  const configuration = [
    `sentinel monitor ${name} 127.0.0.1 ${primaryPort} ${quorum}`,
    `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
    `sentinel failover-timeout ${name} 3000`,
  ];
  return RedisServer.start({ port: await RedisServer.freePort(), configuration, args: ["--sentinel"] });
}
