/**
 * A real Redis Cluster of redis-server processes on this machine, whose nodes a test may break, and whose slots it may move key by
 * key, as an operator's tools do. It speaks to each node by itself: what finds the right one is under test.
 */
import { Redis } from "ioredis";
import { vi } from "vitest";
import { RedisServer } from "./redis-server.ts";
import { until } from "./until.ts";

const slots = 16_384;
/** Three masters: fewer do not agree on a failover. */
const masters = 3;
/** After how long a silent node is taken for dead, in ms: short, so that tests are, and longer than a busy machine's pauses. */
const nodeTimeoutMs = 2_000;
const settleMs = 60_000;
const keysAtATime = 10;

/** One node of a {@link RedisCluster}. */
class ClusterNode {
  readonly server: RedisServer;
  readonly port: number;
  readonly busPort: number;
  readonly redis: Redis;

  private constructor({ server, port, busPort }: { server: RedisServer; port: number; busPort: number }) {
    this.server = server;
    this.port = port;
    this.busPort = busPort;
    this.redis = new Redis(port, { replyMapping: "legacy" });
    // a node that was killed is tried on
    this.redis.on("error", () => undefined);
  }

  static async start(): Promise<ClusterNode> {
    const port = await RedisServer.freePort();
    // by default 10,000 more than the port, which may be none
    const busPort = await RedisServer.freePort();
    const own = ["--cluster-enabled", "yes", "--cluster-node-timeout", String(nodeTimeoutMs)];
    const args = [...own, "--cluster-port", String(busPort), "--repl-diskless-sync-delay", "0"];
    return new ClusterNode({ server: await RedisServer.start({ port, args }), port, busPort });
  }

  async id(): Promise<string> {
    return String(await this.redis.cluster("MYID"));
  }

  /** The port of the slot's master, as this node knows it. */
  async masterOf(slot: number): Promise<number | undefined> {
    const ranges = await this.redis.cluster("SLOTS");
    return ranges.find(([first, last]) => first <= slot && slot <= last)?.[2]?.[1];
  }

  async says(information: RegExp): Promise<boolean> {
    return information.test(`${await this.redis.cluster("INFO")}${await this.redis.info("replication")}`);
  }

  async stop(): Promise<void> {
    this.redis.disconnect();
    await this.server.stop();
  }
}

export class RedisCluster {
  /** The masters, then a replica of each, if there are any. */
  readonly nodes: readonly ClusterNode[];

  private constructor(nodes: readonly ClusterNode[]) {
    this.nodes = nodes;
  }

  /** Three masters; resolves once every node says that the cluster is up, and replicas have their masters' data. */
  static async start({ withReplicas = false } = {}): Promise<RedisCluster> {
    const starts = Array.from({ length: withReplicas ? 2 * masters : masters }, () => ClusterNode.start());
    const started = await Promise.allSettled(starts);
    const cluster = new RedisCluster(started.flatMap((start) => (start.status === "fulfilled" ? [start.value] : [])));
    try {
      await Promise.all(starts);
      await cluster.#unite();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** With all nodes that there were at the start. */
  get url(): string {
    return `redis+cluster://${this.nodes.map(({ port }) => `127.0.0.1:${port}`).join(",")}`;
  }

  /** The slot of a key. */
  async slotOf(key: string): Promise<number> {
    return Number(await this.#up[0]?.redis.cluster("KEYSLOT", key));
  }

  /** The master that has the slot, once all nodes that are up agree on one that is up. */
  async masterOf(slot: number): Promise<ClusterNode> {
    return vi.waitFor(
      async () => {
        const ports = new Set(await Promise.all(this.#up.map((node) => node.masterOf(slot))));
        const [master, ...others] = this.#up.filter(({ port }) => ports.has(port));
        if (master === undefined || others.length > 0 || ports.size > 1) throw new Error(`they say ${[...ports]}`);
        return master;
      },
      { timeout: settleMs, interval: 50 },
    );
  }

  /** Moves a slot as redis-cli does: key by key, with `between` called before each few. */
  async moveSlot(slot: number, to: ClusterNode, between: (left: number) => Promise<void>): Promise<void> {
    const from = await this.masterOf(slot);
    await to.redis.cluster("SETSLOT", slot, "IMPORTING", await from.id());
    await from.redis.cluster("SETSLOT", slot, "MIGRATING", await to.id());
    for (;;) {
      const keys = (await from.redis.cluster("GETKEYSINSLOT", slot, keysAtATime)) as string[];
      await between(keys.length);
      if (keys.length === 0) break;
      await from.redis.migrate("127.0.0.1", to.port, "", 0, 5_000, "KEYS", ...keys);
    }
    const id = await to.id();
    for (const node of [to, from]) await node.redis.cluster("SETSLOT", slot, "NODE", id);
    await this.masterOf(slot);
  }

  /** Cuts the replica of the slot's master off, so that a failover loses what comes after; resolves to what mends it. */
  async cutReplication(slot: number): Promise<() => Promise<void>> {
    const replica = await this.#replicaOf(await this.masterOf(slot));
    // there is no password, and a master refuses who has one
    await replica.redis.config("SET", "masterauth", "none");
    await replica.redis.call("CLIENT", "KILL", "TYPE", "master");
    await until(() => replica.says(/master_link_status:down/));
    return async () => void (await replica.redis.config("SET", "masterauth", ""));
  }

  /** Has a replica take the place of the slot's master, as an operator does for maintenance. */
  async handOver(slot: number): Promise<void> {
    const master = await this.masterOf(slot);
    const replica = await this.#replicaOf(master);
    const hasMoved = async (): Promise<boolean> => (await this.masterOf(slot)) !== master;
    await until(async () => {
      await replica.redis.cluster("FAILOVER");
      // it fails where the other masters have voted a moment ago; the cluster gives up after 5 s then
      return vi.waitUntil(hasMoved, { timeout: 6_000, interval: 50 }).catch(() => false);
    });
  }

  /** Resolves once all nodes, which are up, know that the cluster is, and replicas have their masters' data. */
  async settled(): Promise<void> {
    await this.#allSay(/cluster_state:ok/);
    await this.#allSay(/role:master|master_link_status:up/);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  get #up(): readonly ClusterNode[] {
    return this.nodes.filter(({ server }) => server.pid !== undefined);
  }

  /** Once it has all of the master's data. */
  async #replicaOf(master: ClusterNode): Promise<ClusterNode> {
    const isReplica = new RegExp(`role:slave[^]*master_port:${master.port}\\b[^]*master_link_status:up`);
    return vi.waitFor(
      async () => {
        for (const node of this.#up) if (await node.says(isReplica)) return node;
        throw new Error(`the master at ${master.port} has no replica`);
      },
      { timeout: settleMs, interval: 50 },
    );
  }

  async #unite(): Promise<void> {
    const [first] = this.nodes;
    for (const [i, { redis, port, busPort }] of this.nodes.entries()) {
      await redis.cluster("SET-CONFIG-EPOCH", i + 1);
      const [begin, end] = [i, i + 1].map((share) => Math.floor((share * slots) / masters));
      if (i < masters) await redis.cluster("ADDSLOTSRANGE", begin ?? 0, (end ?? 0) - 1);
      await first?.redis.cluster("MEET", "127.0.0.1", port, busPort);
    }
    await this.#allSay(new RegExp(`cluster_known_nodes:${this.nodes.length}`));
    for (const [i, { redis }] of this.nodes.slice(masters).entries()) {
      await redis.cluster("REPLICATE", (await this.nodes[i]?.id()) ?? "");
    }
    await this.settled();
  }

  async #allSay(information: RegExp): Promise<void> {
    await until(async () => (await Promise.all(this.nodes.map((node) => node.says(information)))).every(Boolean));
  }
}
