/**
 * Finds the node of a Redis Cluster that has a key's slot, whenever ioredis connects, and so makes a plain connection follow its
 * slot. A pool lives in one slot, so that is all the grid needs of a Cluster: a failover or a moved slot is one more reconnection,
 * with everything that holds for those (what is in flight is sent again, and waiting callers check).
 *
 * While a slot moves key by key, the connection stays with the node that gives it away. That node answers `ASK` to every script,
 * since the key that scripts name, the pool's prefix, is never there; no client follows that to the other node, where a script would find
 * half a pool. So the pool rests until the last key has moved and the node answers `MOVED`.
 */
import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";
import { AbstractConnector, Redis, type RedisOptions } from "ioredis";
import type { NodeAddress } from "./redis-address.ts";

/** How long a node may take to say where the slot is, in ms; then another is asked. */
const askMs = 2_000;
const closed = "Connection is closed.";

type ErrorEmitter = (type: string, error: Error) => void;

/** What a node says of a slot. */
interface SlotAnswer {
  readonly master: NodeAddress;
  /** Every node of the Cluster that it knows. */
  readonly nodes: readonly NodeAddress[];
}

/** The class that ioredis takes as `Connector`, for connections that follow the slot of `key`. */
export function slotConnector(nodes: readonly NodeAddress[], key: string): new (options: unknown) => AbstractConnector {
  return class extends SlotConnector {
    constructor(options: unknown) {
      super(options as RedisOptions, nodes, key);
    }
  };
}

class SlotConnector extends AbstractConnector {
  readonly #options: RedisOptions;
  readonly #key: string;
  readonly #given: readonly NodeAddress[];
  #nodes: readonly NodeAddress[];
  #turn = Math.floor(Math.random() * 1_000);

  constructor(options: RedisOptions, nodes: readonly NodeAddress[], key: string) {
    super(options.disconnectTimeout ?? askMs);
    this.#options = options;
    this.#key = key;
    this.#given = nodes;
    this.#nodes = nodes;
  }

  /** Tries on for as long as the connection would. */
  async connect(emit: ErrorEmitter) {
    this.connecting = true;
    for (let attempt = 1; ; attempt += 1) {
      const found = await this.#find();
      if (!this.connecting) throw new Error(closed);
      if (!(found instanceof Error)) return this.#open(found);
      const pauseMs = this.#options.retryStrategy?.(attempt);
      if (typeof pauseMs !== "number") throw found;
      emit("error", found);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Once is enough: each of the commands in flight may be redirected. */
  override disconnect(): void {
    if (this.connecting) super.disconnect();
  }

  /** The slot's master, by the first node that knows; else why there is none. */
  async #find(): Promise<NodeAddress | Error> {
    let reason = new Error("no node was asked");
    for (const node of this.#inTurn()) {
      const answer = await this.#ask(node);
      if (answer instanceof Error) {
        reason = answer;
        continue;
      }
      this.#nodes = [...answer.nodes, ...this.#given];
      return answer.master;
    }
    return reason;
  }

  /** Another one first each time, so that no node is asked by all, and none that hangs is asked by one forever. */
  #inTurn(): readonly NodeAddress[] {
    this.#turn += 1;
    const first = this.#turn % this.#nodes.length;
    return [...this.#nodes.slice(first), ...this.#nodes.slice(0, first)];
  }

  async #ask(node: NodeAddress): Promise<SlotAnswer | Error> {
    const redis = this.#askingConnection(node);
    let reason: Error | undefined;
    redis.on("error", (error: Error) => {
      reason = error;
    });
    try {
      await redis.connect();
      const [info, slot, ranges] = await Promise.all([
        redis.cluster("INFO"),
        redis.cluster("KEYSLOT", this.#key),
        redis.cluster("SLOTS"),
      ]);
      return readAnswer({ info: String(info), slot, ranges: ranges as readonly SlotRange[] }, node);
    } catch (error) {
      return reason ?? (error as Error);
    } finally {
      redis.disconnect();
    }
  }

  #askingConnection({ host, port }: NodeAddress): Redis {
    const { username, password, tls, connectionName } = this.#options;
    return new Redis({
      ...{ host, port, lazyConnect: true, enableReadyCheck: false, maxRetriesPerRequest: 0 },
      ...{ connectTimeout: askMs, commandTimeout: askMs, retryStrategy: () => null, replyMapping: "legacy" },
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
      ...(connectionName === undefined ? {} : { connectionName }),
    });
  }

  #open({ host, port }: NodeAddress) {
    const { tls } = this.#options;
    const stream = tls === undefined ? createConnection(port, host) : connectTls({ ...tls, host, port });
    stream.once("error", (error) => {
      this.firstError = error;
    });
    this.stream = stream;
    return stream;
  }
}

type SlotNode = readonly [host: string | null, port: number, ...rest: unknown[]];
type SlotRange = readonly [first: number, last: number, ...nodes: SlotNode[]];

function readAnswer(
  { info, slot, ranges }: { info: string; slot: number; ranges: readonly SlotRange[] },
  asked: NodeAddress,
): SlotAnswer | Error {
  // a node that does not know its own address means the one by which it was reached
  const addressOf = ([host, port]: SlotNode): NodeAddress => ({ host: host || asked.host, port });
  // it refuses all requests; and one that was cut off from the others knows old owners
  if (!/cluster_state:ok/.test(info)) return new Error(`CLUSTERDOWN by ${asked.host}:${asked.port}`);
  const range = ranges.find(([first, last]) => first <= slot && slot <= last);
  const master = range?.[2];
  if (master === undefined) return new Error(`CLUSTERDOWN no node has slot ${slot}`);
  const nodes = ranges.flatMap(([, , ...own]) => own.map(addressOf));
  const known = new Map(nodes.map((node) => [`${node.host} ${node.port}`, node]));
  return { master: addressOf(master), nodes: [...known.values()] };
}
