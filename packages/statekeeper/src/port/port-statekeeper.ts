/**
 * The statekeeper as a worker thread sees it: each operation is a call through a port to the thread that owns the real
 * one, which has {@link servePort} at the other end. When that end closes, what is open fails with `GRID_CLOSED`.
 */
import type { MessagePort } from "node:worker_threads";
import { GridError, messageOf, RebuiltMap } from "@callgrid/core";
import type { InboxHandlers, InboxListener } from "../contract/contract.ts";
import type { PoolKeeper, Statekeeper } from "../contract/pool-keeper.ts";
import { errorOf } from "./fault.ts";
import { Outbox } from "./outbox.ts";
import { PortPool } from "./port-pool.ts";
import { itemsIn, type KeeperOperation, type Operation, type PortAnswer, type PortCall } from "./protocol.ts";

/** What a thread knows of the statekeeper behind its port. */
export interface PortStatekeeperOptions {
  /** The grid's name, the same as the owner's. */
  readonly grid: string;
  /** What messages call the statekeeper; default `memory:`. */
  readonly address?: string;
}

interface OpenCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A statekeeper that lives in another thread. Its port keeps this thread running until it is closed.
 *
 * @example
 * ```ts
 * import { workerData } from "node:worker_threads";
 * import { PortStatekeeper } from "@callgrid/statekeeper";
 * const keeper = new PortStatekeeper(workerData.port, { grid: "grid" });
 * const state = await keeper.pool("pool").inspect();
 * ```
 */
export class PortStatekeeper implements Statekeeper {
  readonly address: string;
  readonly grid: string;
  readonly #port: MessagePort;
  readonly #outbox: Outbox<PortCall>;
  readonly #open = new RebuiltMap<number, OpenCall>();
  readonly #inboxes = new Map<number, InboxHandlers>();
  #lastNumber = 0;
  #isClosed = false;

  constructor(port: MessagePort, options: PortStatekeeperOptions) {
    this.address = options.address ?? "memory:";
    this.grid = options.grid;
    this.#port = port;
    this.#outbox = new Outbox(port, ([number, , operation], cause) =>
      this.#settle(number)?.reject(unsendableError(operation, cause)),
    );
    port.on("message", (message: unknown) => {
      for (const answer of itemsIn<PortAnswer>(message)) this.#take(answer);
    });
    port.once("close", () => this.#end());
  }

  pool(pool: string): PoolKeeper {
    return new PortPool(pool, {
      call: (operation, args) => this.#call(pool, operation, args),
      listen: (process, handlers) => this.#listen(pool, process, handlers),
    });
  }

  otherGridsWith(pool: string): Promise<readonly string[]> {
    return this.#callKeeper("otherGridsWith", pool);
  }

  poolsLike(pool: string): Promise<readonly string[]> {
    return this.#callKeeper("poolsLike", pool);
  }

  /** To the owner and back: what its statekeeper takes besides is part of the way. */
  async ping(): Promise<number> {
    const before = performance.now();
    await this.#callKeeper("ping");
    return performance.now() - before;
  }

  /** Gives the port up, and only that: the statekeeper behind it lives on. What was sent before is still carried out. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#outbox.flush();
    this.#port.close();
    this.#end();
  }

  #callKeeper<Name extends KeeperOperation>(
    name: Name,
    ...args: Parameters<Statekeeper[Name]>
  ): ReturnType<Statekeeper[Name]> {
    return this.#call("", name, args) as ReturnType<Statekeeper[Name]>;
  }

  #call(pool: string, operation: Operation, args: readonly unknown[]): Promise<unknown> {
    return this.#numberedCall(++this.#lastNumber, pool, operation, args);
  }

  #numberedCall(...call: PortCall): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#open.set(call[0], { resolve, reject });
      this.#outbox.put(call);
    });
  }

  #listen(pool: string, process: string, handlers: InboxHandlers): InboxListener {
    const number = ++this.#lastNumber;
    this.#inboxes.set(number, handlers);
    // fails only when the port closes, and then there is nothing more to hear
    this.#numberedCall(number, pool, "listen", [process]).catch(() => this.#inboxes.delete(number));
    return { close: () => this.#unlisten(number) };
  }

  /** What the owner took out of the inbox before it stopped reading is still delivered: it is nowhere else. */
  async #unlisten(number: number): Promise<void> {
    if (!this.#inboxes.has(number) || this.#isClosed) return;
    await this.#call("", "unlisten", [number]).catch(() => undefined);
    this.#inboxes.delete(number);
  }

  #take([number, kind, content]: PortAnswer): void {
    switch (kind) {
      case "value":
        this.#settle(number)?.resolve(content);
        break;
      case "error":
        this.#settle(number)?.reject(errorOf(content));
        break;
      case "messages":
        this.#inboxes.get(number)?.onMessages(content);
        break;
      case "reconnected":
        this.#inboxes.get(number)?.onReconnect();
        break;
    }
  }

  #settle(number: number): OpenCall | undefined {
    const call = this.#open.get(number);
    this.#open.delete(number);
    return call;
  }

  #end(): void {
    this.#isClosed = true;
    for (const number of [...this.#open.keys()]) this.#settle(number)?.reject(closedError());
    this.#inboxes.clear();
  }
}

function unsendableError(operation: Operation, cause: unknown): GridError {
  const reason = messageOf(cause);
  return new GridError(
    "INVALID_VALUE",
    `${operation}: an argument is not plain data, so no thread can pass it on: ${reason}`,
    { cause },
  );
}

function closedError(): GridError {
  return new GridError(
    "GRID_CLOSED",
    "the port to the statekeeper is closed: the grid that owns it ended, or let this thread go",
  );
}
