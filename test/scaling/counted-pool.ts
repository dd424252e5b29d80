/** One pool of a scaling run: makes operations on the memory statekeeper, and enters what they would cost on Redis. */
import type { InboxHandlers, InboxListener, MemoryPool, PoolKeeper } from "@callgrid/statekeeper";
import { PoolLedger } from "./pool-ledger.ts";
import { enterCost, enterInboxRead } from "./redis-cost.ts";

/** Operations of a pool that have one answer. */
export type PoolOperation = Exclude<keyof PoolKeeper, "pool" | "gather" | "listen">;

/** A pool on which operations are made at the moment at which they arrive. */
export interface OperatedPool {
  readonly name: string;
  run(operation: PoolOperation, args: readonly unknown[]): Promise<unknown>;
  listen(process: string, handlers: InboxHandlers): InboxListener;
}

/** A read of an inbox waits for so long; see redis/inbox-reader.ts. */
const readForMs = 2_000;

export class CountedPool implements OperatedPool {
  readonly name: string;
  readonly #pool: MemoryPool;
  readonly #now: () => number;
  #ledger: PoolLedger;

  constructor(pool: MemoryPool, now: () => number) {
    this.name = pool.pool;
    this.#pool = pool;
    this.#now = now;
    this.#ledger = new PoolLedger(this.name, now());
  }

  get ledger(): PoolLedger {
    return this.#ledger;
  }

  /** Begins a new ledger: what is counted so far belonged to the start. */
  beginLedger(): void {
    this.#ledger = new PoolLedger(this.name, this.#now());
  }

  run(operation: PoolOperation, args: readonly unknown[]): Promise<unknown> {
    this.#ledger.noteOperation(operation, this.#now());
    const { records } = this.#pool;
    const enterRest = enterCost(operation, { records, args, tally: this.#ledger.tally });
    const method = this.#pool[operation] as (...args: readonly unknown[]) => Promise<unknown>;
    // the operation is over when this returns; its promise is there for statekeepers that are further away
    const reply = method.apply(this.#pool, args as unknown[]);
    enterRest();
    return reply;
  }

  listen(process: string, handlers: InboxHandlers): InboxListener {
    let readSinceMs = this.#now();
    return this.#pool.listen(process, {
      ...handlers,
      onMessages: (messages) => {
        const now = this.#now();
        enterInboxRead(this.#ledger.tally, 1 + Math.floor((now - readSinceMs) / readForMs));
        this.#ledger.messages += 2;
        readSinceMs = now;
        handlers.onMessages(messages);
      },
    });
  }
}
