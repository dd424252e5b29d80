/**
 * Reads the two lists of one inbox, of which one has outcomes only, with blocking reads on a connection of its own. A read that the broken link swallowed may have taken
 * messages along; the reader reports that by `onReconnect`, and waiting callers check.
 */
import type { Redis } from "ioredis";
import type { InboxHandlers, InboxListener, InboxMessage } from "../../contract/contract.ts";
import { closeConnection } from "./connection.ts";

/** What a reader asks and reports in addition to its {@link InboxHandlers}. */
export interface InboxHelp {
  /** The messages that can be read, some at a time, with what is stored elsewhere put in. Does not fail. */
  readonly read: (
    texts: readonly string[],
    areOutcomes: boolean,
  ) => Iterable<readonly InboxMessage[] | Promise<readonly InboxMessage[]>>;
  /** Called with what a handler throws. */
  readonly onFault: (error: unknown) => void;
  /** Called when the connection is back, with the time that it was lost, in ms. */
  readonly noteBack: (awayMs: number) => void;
}

/** The lists of an inbox. */
export interface InboxKeys {
  readonly outcomes: string;
  /** Of all other messages. */
  readonly others: string;
}

const blockSeconds = 2;
const oldReadMs = blockSeconds * 1_000 + 500;
const messagesPerRead = 1_000;
const pauseAfterErrorMs = 100;

export class InboxReader implements InboxListener {
  readonly #redis: Redis;
  readonly #keys: InboxKeys;
  readonly #handlers: InboxHandlers;
  readonly #help: InboxHelp;
  #isClosed = false;
  #readOutcomesLast = false;
  #wasReady = false;
  #lostAt: number | undefined;

  constructor(redis: Redis, keys: InboxKeys, handlers: InboxHandlers, help: InboxHelp) {
    this.#redis = redis;
    this.#keys = keys;
    this.#handlers = handlers;
    this.#help = help;
    redis.on("close", () => {
      if (this.#wasReady) this.#lostAt ??= performance.now();
    });
    redis.on("ready", () => {
      if (this.#wasReady) this.#tellReconnect();
      this.#wasReady = true;
      if (this.#lostAt !== undefined) help.noteBack(performance.now() - this.#lostAt);
      this.#lostAt = undefined;
    });
    redis.connect().catch(() => undefined);
    void this.#read();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    closeConnection(this.#redis);
  }

  /** Twice: the server may serve the old link's read for a while, and drop what it took with that link. */
  #tellReconnect(): void {
    this.#handlers.onReconnect();
    setTimeout(() => {
      if (!this.#isClosed) this.#handlers.onReconnect();
    }, oldReadMs).unref();
  }

  async #read(): Promise<void> {
    while (!this.#isClosed) {
      const { texts, areOutcomes } = await this.#readOnce();
      if (texts.length === 0) continue;
      for (const some of this.#help.read(texts, areOutcomes)) {
        const messages = some instanceof Promise ? await some : some;
        if (this.#isClosed) return;
        this.#handOver(messages);
      }
    }
  }

  /** A message that a handler fails of does not keep the next ones from being read. */
  #handOver(messages: readonly InboxMessage[]): void {
    try {
      this.#handlers.onMessages(messages);
    } catch (error) {
      this.#help.onFault(error);
    }
  }

  /** The list that was read last comes second, so that one that is never empty does not keep the other from being read. */
  async #readOnce(): Promise<{ readonly texts: readonly string[]; readonly areOutcomes: boolean }> {
    const { outcomes, others } = this.#keys;
    const [first, second] = this.#readOutcomesLast ? [others, outcomes] : [outcomes, others];
    try {
      const reply = await this.#redis.blmpop(blockSeconds, 2, first, second, "LEFT", "COUNT", messagesPerRead);
      this.#readOutcomesLast = reply?.[0] === outcomes;
      return { texts: reply?.[1] ?? [], areOutcomes: this.#readOutcomesLast };
    } catch {
      // closed, or refused for now (loading, failover): the connection says which, and logs it
      if (!this.#isClosed) await new Promise((resolve) => setTimeout(resolve, pauseAfterErrorMs));
      return { texts: [], areOutcomes: false };
    }
  }
}
