/**
 * The connection on which a process reads its inbox, by blocking reads as redis/inbox-reader.ts makes them. When it breaks, the
 * server may notice late: until then a read that is still open takes messages out and carries them nowhere, be it after the
 * process has connected again. That is for one read only, since no caller makes another on a broken connection.
 */
import {
  decodeInboxMessage,
  type InboxHandlers,
  type InboxListener,
  type InboxMessage,
  type PoolKeeper,
} from "@callgrid/statekeeper";
import type { Break, ConnectionParts } from "./command-connection.ts";
import { Handshake } from "./handshake.ts";

/** A connection's reads. */
interface Reader {
  listener: InboxListener | undefined;
  isOpen: boolean;
  /** When what was read last arrives: nothing overtakes it. */
  arrivesMs: number;
}

export class InboxConnection implements InboxListener {
  readonly #parts: ConnectionParts;
  readonly #pool: PoolKeeper;
  readonly #process: string;
  readonly #handlers: InboxHandlers;
  readonly #handshake: Handshake;
  #reader: Reader | undefined;
  #isClosed = false;

  constructor(parts: ConnectionParts, inbox: { pool: PoolKeeper; process: string; handlers: InboxHandlers }) {
    this.#parts = parts;
    this.#pool = inbox.pool;
    this.#process = inbox.process;
    this.#handlers = inbox.handlers;
    this.#handshake = new Handshake(parts);
    this.#reader = this.#read();
    parts.process.onEnd(() => this.#end());
  }

  async close(): Promise<void> {
    this.#end();
  }

  /** See {@link Handshake.stalledUntilMs}. */
  get stalledUntilMs(): number {
    return this.#handshake.stalledUntilMs;
  }

  /** Breaks now, and connects again as {@link Break} says; the server notices after `unnoticedMs`. */
  cut({ downMs, stalls }: Break, unnoticedMs: number): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    this.#reader = undefined;
    reader.isOpen = false;
    const { process, world } = this.#parts;
    world.after(unnoticedMs, () => close(reader));
    process.at(world.now() + downMs, () => this.#handshake.make(stalls, () => this.#connectAgain()));
  }

  #connectAgain(): void {
    if (this.#isClosed) return;
    this.#reader = this.#read();
    this.#parts.trace.note(this.#parts.process.name, "reads its inbox again");
    this.#handlers.onReconnect();
  }

  #read(): Reader {
    const reader: Reader = { listener: undefined, isOpen: true, arrivesMs: 0 };
    reader.listener = this.#pool.listen(this.#process, {
      onMessages: (messages) => this.#carry(reader, messages),
      // a statekeeper that restarts breaks all connections, and that is done from outside
      onReconnect: () => undefined,
    });
    return reader;
  }

  #carry(reader: Reader, messages: readonly InboxMessage[]): void {
    const { world, network, process, trace } = this.#parts;
    if (!reader.isOpen) {
      trace.note(process.name, "misses what a broken read took", messages);
      close(reader);
      return;
    }
    reader.arrivesMs = Math.max(reader.arrivesMs, world.now() + network.delayMs());
    this.#deliver(reader, messages, reader.arrivesMs);
    const repeatedAfterMs = network.repeatedAfterMs();
    if (repeatedAfterMs !== undefined) this.#deliver(reader, messages, reader.arrivesMs + repeatedAfterMs);
  }

  #deliver(reader: Reader, messages: readonly InboxMessage[], atMs: number): void {
    const { process, trace, network } = this.#parts;
    const strange = network.strangeText();
    process.at(atMs, () => {
      if (this.#isClosed) return;
      trace.note(process.name, reader.isOpen ? "gets" : "misses", messages);
      if (reader.isOpen) this.#handlers.onMessages([...readableIn(strange), ...messages]);
    });
  }

  #end(): void {
    this.#isClosed = true;
    if (this.#reader !== undefined) close(this.#reader);
    this.#reader = undefined;
  }
}

/** As redis-pool.ts reads an inbox. */
function readableIn(text: string | undefined): InboxMessage[] {
  const message = text === undefined ? undefined : decodeInboxMessage(text);
  return message === undefined || message.kind === "unreadable" ? [] : [message];
}

function close(reader: Reader): void {
  reader.isOpen = false;
  void reader.listener?.close();
  reader.listener = undefined;
}
