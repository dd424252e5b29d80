/**
 * The inboxes of a pool's processes. Messages of one operation are collected and posted together at its end, to those that
 * have a lease; a listener is called afterwards, never from inside the operation that sent. While it has no listener, an inbox
 * keeps what comes, up to a bound: who does not read learns the rest by checking. (scripts/lib/inbox.lua)
 */
import type { Clock } from "@callgrid/core";
import type { InboxHandlers, InboxListener, InboxMessage } from "../../contract/contract.ts";
import { Fifo } from "../queues/fifo.ts";

const inboxLimit = 100_000;
const messagesPerCall = 1_000;

interface Inbox {
  messages: Fifo<InboxMessage>;
  /** The first of them gets the messages. */
  readonly listeners: Set<InboxHandlers>;
  isCalling: boolean;
}

export class Inboxes {
  readonly #clock: Clock;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #outgoing = new Map<string, InboxMessage[]>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  send(process: string, message: InboxMessage): void {
    const messages = this.#outgoing.get(process);
    if (messages === undefined) this.#outgoing.set(process, [message]);
    else messages.push(message);
  }

  /** Posts what was sent since the last time. */
  deliver(isKnown: (process: string) => boolean): void {
    if (this.#outgoing.size === 0) return;
    for (const [process, messages] of this.#outgoing) if (isKnown(process)) this.#post(process, messages);
    this.#outgoing.clear();
  }

  /** Forgets what was sent since the last time: the operation that sent it has failed. */
  discard(): void {
    this.#outgoing.clear();
  }

  /** Throws away what a process has not read. Who listens goes on listening. */
  drop(process: string): void {
    const inbox = this.#inboxes.get(process);
    if (inbox === undefined) return;
    inbox.messages = new Fifo();
    this.#removeUnused(process, inbox);
  }

  listen(process: string, handlers: InboxHandlers): InboxListener {
    const inbox = this.#inbox(process);
    const listener = { ...handlers };
    inbox.listeners.add(listener);
    this.#callListener(inbox);
    return {
      close: async () => {
        inbox.listeners.delete(listener);
        if (this.#inboxes.get(process) === inbox) this.#removeUnused(process, inbox);
      },
    };
  }

  /** Throws everything away, and notifies the listeners that messages may be missing. */
  empty(): void {
    this.#outgoing.clear();
    for (const process of [...this.#inboxes.keys()]) this.drop(process);
    const told = [...this.#inboxes.values()].flatMap(({ listeners }) => [...listeners]);
    queueMicrotask(() => {
      if (!this.#isClosed) for (const { onReconnect } of told) onReconnect();
    });
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Unread messages, by process. */
  *unread(): IterableIterator<[string, InboxMessage[]]> {
    for (const [process, { messages }] of this.#inboxes) if (messages.length > 0) yield [process, [...messages]];
  }

  #post(process: string, messages: readonly InboxMessage[]): void {
    const inbox = this.#inbox(process);
    if (inbox.messages.length >= inboxLimit) return;
    for (const message of messages) inbox.messages.push(message);
    this.#callListener(inbox);
  }

  #inbox(process: string): Inbox {
    let inbox = this.#inboxes.get(process);
    if (inbox === undefined) {
      inbox = { messages: new Fifo(), listeners: new Set(), isCalling: false };
      this.#inboxes.set(process, inbox);
    }
    return inbox;
  }

  #removeUnused(process: string, inbox: Inbox): void {
    if (inbox.messages.length === 0 && inbox.listeners.size === 0) this.#inboxes.delete(process);
  }

  /** One call is under way at most, so what comes meanwhile goes along with it. */
  #callListener(inbox: Inbox): void {
    if (inbox.isCalling || inbox.messages.length === 0 || inbox.listeners.size === 0) return;
    inbox.isCalling = true;
    queueMicrotask(() => this.#handOver(inbox));
  }

  #handOver(inbox: Inbox): void {
    inbox.isCalling = false;
    const [listener] = inbox.listeners;
    if (listener === undefined || this.#isClosed) return;
    const messages: InboxMessage[] = [];
    while (messages.length < messagesPerCall) {
      const message = inbox.messages.pop();
      if (message === undefined) break;
      messages.push(message);
    }
    // A long inbox leaves room for I/O between two calls, which promises alone would not.
    if (inbox.messages.length > 0) {
      inbox.isCalling = true;
      this.#clock.turn(() => this.#handOver(inbox));
    }
    if (messages.length > 0) listener.onMessages(messages);
  }
}
