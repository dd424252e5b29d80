/**
 * A real Redis instead of the memory statekeeper: virtual time stands still while an operation is under way, and `MONITOR`
 * reports every command that its script makes. So what a scaling run says of Redis can be held against Redis itself.
 */
import {
  decodeInboxMessage,
  type InboxHandlers,
  type InboxMessage,
  type Member,
  openStatekeeper,
  type SubmitBatch,
  type SweepRequest,
} from "@callgrid/statekeeper";
import { Redis } from "ioredis";
import type { OperatedPool, PoolOperation } from "./counted-pool.ts";
import { readCommand } from "./monitored-command.ts";
import { enterInboxRead } from "./redis-cost.ts";
import type { ScalingPlace } from "./scaling-run.ts";
import { Tally } from "./tally.ts";

const grid = "scaling";
const mostMessages = 1_000;
/** Redis has real time, which may pass more slowly or faster than the run's: no lease is to lapse meanwhile, and nothing to be late. */
const leaseTimes = 1_000;
const lastWord = "scaling: that is all";

export class RedisPlace implements ScalingPlace {
  readonly pools: ReadonlyMap<string, OperatedPool>;
  tally = new Tally();
  readonly #commands: Redis;
  readonly #monitor: Redis;
  readonly #close: () => Promise<void>;
  readonly #inboxes = new Map<string, InboxHandlers>();
  readonly #underWay = new Set<Promise<unknown>>();
  #isNew = false;

  private constructor(parts: {
    pools: (place: RedisPlace) => ReadonlyMap<string, OperatedPool>;
    commands: Redis;
    monitor: Redis;
    close: () => Promise<void>;
  }) {
    this.#commands = parts.commands;
    this.#monitor = parts.monitor;
    this.#close = parts.close;
    this.pools = parts.pools(this);
  }

  static async open(url: string, poolNames: readonly string[]): Promise<RedisPlace> {
    const statekeeper = await openStatekeeper(url, { grid });
    const address = url.replace(/^unix:\/\//, "");
    const commands = new Redis(address);
    const monitor = await commands.monitor();
    const place: RedisPlace = new RedisPlace({
      commands,
      monitor,
      pools: (opened) => new Map(poolNames.map((name) => [name, opened.#operated(statekeeper.pool(name))])),
      close: async () => {
        commands.disconnect();
        monitor.disconnect();
        await statekeeper.close();
      },
    });
    monitor.on("monitor", (_time: string, words: string[], source: string) => readCommand(words, source, place.tally));
    return place;
  }

  onBegin(): void {
    this.tally = new Tally();
  }

  readonly settle = async (): Promise<void> => {
    while (this.#isNew) {
      this.#isNew = false;
      await Promise.all(this.#underWay);
      await this.#readInboxes();
      // what the replies start comes first
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  };

  /** All commands since the beginning; whatever comes later is not counted. */
  async counted(): Promise<Tally> {
    const { tally } = this;
    const isOver = new Promise<void>((resolve) => {
      this.#monitor.on("monitor", (_time: string, words: string[]) => {
        if (words[1] === lastWord) resolve();
      });
    });
    await this.#commands.echo(lastWord);
    await isOver;
    this.tally = new Tally();
    return tally;
  }

  close(): Promise<void> {
    return this.#close();
  }

  #operated(pool: ReturnType<Awaited<ReturnType<typeof openStatekeeper>>["pool"]>): OperatedPool {
    return {
      name: pool.pool,
      run: (operation, args) => {
        this.#isNew = true;
        const method = pool[operation] as (...args: readonly unknown[]) => Promise<unknown>;
        const reply = method.apply(pool, withLongLeases(operation, args) as unknown[]);
        this.#underWay.add(reply);
        return reply.finally(() => this.#underWay.delete(reply));
      },
      listen: (process, handlers) => {
        const keys = ["outcomes", "inbox"].map((list) => `callgrid:{${grid}:${pool.pool}}:${list}:${process}`);
        for (const key of keys) this.#inboxes.set(key, handlers);
        return {
          close: async () => {
            for (const key of keys) this.#inboxes.delete(key);
          },
        };
      },
    };
  }

  async #readInboxes(): Promise<void> {
    const keys = [...this.#inboxes.keys()];
    while (keys.length > 0) {
      const reply = await this.#commands.lmpop(keys.length, ...keys, "LEFT", "COUNT", mostMessages);
      if (reply === null) return;
      const [key, texts] = reply as [string, string[]];
      enterInboxRead(this.tally, 1);
      this.#inboxes.get(key)?.onMessages(readable(texts));
    }
  }
}

function readable(texts: readonly string[]): InboxMessage[] {
  return texts.map(decodeInboxMessage).filter((message) => message.kind !== "unreadable");
}

function withLongLeases(operation: PoolOperation, args: readonly unknown[]): readonly unknown[] {
  const [first, second, ...rest] = args;
  if (operation === "renew" || operation === "check") return [first, Number(second) * leaseTimes, ...rest];
  if (operation === "join") return [{ ...(first as Member), leaseMs: (first as Member).leaseMs * leaseTimes }];
  if (operation === "submit")
    return [{ ...(first as SubmitBatch), leaseMs: (first as SubmitBatch).leaseMs * leaseTimes }];
  if (operation !== "sweep") return args;
  const sweep = first as SweepRequest;
  const { headLeaseMs, sweeperLeaseMs = 0, copyAfterMs = 0 } = sweep;
  const longer = { headLeaseMs: headLeaseMs * leaseTimes, sweeperLeaseMs: sweeperLeaseMs * leaseTimes };
  return [{ ...sweep, ...longer, copyAfterMs: copyAfterMs * leaseTimes }];
}
