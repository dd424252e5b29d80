/**
 * The owner's side of a port: carries out the calls of one thread on the statekeeper that this thread owns, and pushes
 * on what the inboxes get that the thread listens to. It relies on the port alone: a thread that dies closes it, and
 * all ends here.
 */
import { once } from "node:events";
import type { MessagePort } from "node:worker_threads";
import { GridError } from "@callgrid/core";
import type { InboxListener } from "../contract/contract.ts";
import type { PoolKeeper, Statekeeper } from "../contract/pool-keeper.ts";
import { faultOf } from "./fault.ts";
import { Outbox } from "./outbox.ts";
import { isKeeperOperation, isPoolOperation, itemsIn, type PortAnswer, type PortCall } from "./protocol.ts";

/** A port that is being served. */
export interface ServedPort {
  /**
   * Resolves when the port is closed, by either side or by the thread's death, and every call that came before was
   * begun. Report the death of a worker only then: a `join` that is still under way would come after it.
   */
  readonly closed: Promise<void>;
  /** Stops listening for the thread, and closes the port. */
  close(): Promise<void>;
}

/**
 * Serves one thread: everything that its {@link PortStatekeeper} is asked, `keeper` answers.
 *
 * @example
 * ```ts
 * import { MessageChannel, Worker } from "node:worker_threads";
 * import { MemoryStatekeeper, servePort } from "@callgrid/statekeeper";
 * const keeper = new MemoryStatekeeper();
 * const { port1, port2 } = new MessageChannel();
 * servePort(keeper, port1);
 * new Worker("./thread.js", { workerData: { port: port2 }, transferList: [port2] });
 * ```
 */
export function servePort(keeper: Statekeeper, port: MessagePort): ServedPort {
  return new PortServer(keeper, port);
}

type Operate = (...args: readonly unknown[]) => Promise<unknown>;

class PortServer implements ServedPort {
  readonly closed: Promise<void>;
  readonly #keeper: Statekeeper;
  readonly #port: MessagePort;
  readonly #pools = new Map<string, PoolKeeper>();
  readonly #listeners = new Map<number, InboxListener>();
  readonly #outbox: Outbox<PortAnswer>;

  constructor(keeper: Statekeeper, port: MessagePort) {
    this.#keeper = keeper;
    this.#port = port;
    this.#outbox = new Outbox(port, ([number], error) => this.#outbox.put([number, "error", faultOf(error)]));
    this.closed = once(port, "close").then(() => this.#closeListeners());
    port.on("message", (message: unknown) => {
      for (const call of itemsIn<PortCall>(message)) void this.#answer(call);
    });
  }

  async close(): Promise<void> {
    await this.#closeListeners();
    this.#outbox.flush();
    this.#port.close();
    await this.closed;
  }

  async #answer(call: PortCall): Promise<void> {
    const [number] = call;
    try {
      this.#outbox.put([number, "value", await this.#carryOut(call)]);
    } catch (error) {
      this.#outbox.put([number, "error", faultOf(error)]);
    }
  }

  #carryOut([number, pool, operation, args]: PortCall): Promise<unknown> {
    if (operation === "listen") return this.#listen(number, pool, String(args[0]));
    if (operation === "unlisten") return this.#unlisten(Number(args[0]));
    if (isPoolOperation(operation)) {
      const keeper = this.#pool(pool);
      // the caller's side is typed by the contract, and no other process can reach the port
      return (keeper[operation] as Operate).apply(keeper, args as unknown[]);
    }
    if (isKeeperOperation(operation))
      return (this.#keeper[operation] as Operate).apply(this.#keeper, args as unknown[]);
    throw new GridError(
      "STATEKEEPER_REFUSED",
      `a port asks for "${String(operation)}", which is not an operation of a statekeeper`,
    );
  }

  #pool(pool: string): PoolKeeper {
    let keeper = this.#pools.get(pool);
    if (keeper === undefined) {
      keeper = this.#keeper.pool(pool);
      this.#pools.set(pool, keeper);
    }
    return keeper;
  }

  async #listen(number: number, pool: string, process: string): Promise<void> {
    const listener = this.#pool(pool).listen(process, {
      onMessages: (messages) => this.#outbox.put([number, "messages", messages]),
      onReconnect: () => this.#outbox.put([number, "reconnected"]),
    });
    this.#listeners.set(number, listener);
  }

  async #unlisten(number: number): Promise<void> {
    const listener = this.#listeners.get(number);
    this.#listeners.delete(number);
    await listener?.close();
  }

  async #closeListeners(): Promise<void> {
    await Promise.all([...this.#listeners.keys()].map((number) => this.#unlisten(number)));
  }
}
