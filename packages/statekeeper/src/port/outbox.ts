/**
 * A message goes out in a microtask and not in the next turn of the event loop, because a worker may be about to start a long calculation
 * that keeps the loop from turning.
 */
import type { MessagePort } from "node:worker_threads";

/** The sending end of a port: what is put in during one tick goes out as one message. */
export class Outbox<Item> {
  readonly #port: MessagePort;
  readonly #onUnsendable: (item: Item, error: unknown) => void;
  #items: Item[] = [];

  /** @param onUnsendable - called with each item that cannot be cloned; the others are sent. */
  constructor(port: MessagePort, onUnsendable: (item: Item, error: unknown) => void) {
    this.#port = port;
    this.#onUnsendable = onUnsendable;
  }

  put(item: Item): void {
    if (this.#items.push(item) === 1) queueMicrotask(() => this.flush());
  }

  /** Sends what is there now. */
  flush(): void {
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    try {
      this.#port.postMessage(items);
    } catch {
      for (const item of items) this.#sendAlone(item);
    }
  }

  #sendAlone(item: Item): void {
    try {
      this.#port.postMessage([item]);
    } catch (error) {
      this.#onUnsendable(item, error);
    }
  }
}
