/**
 * A pool as one simulated process sees it: each operation takes its time there and back, and is made and counted in between, at the
 * moment at which a server would make it.
 */
import type { VirtualClock } from "@callgrid/core";
import type { InboxHandlers, InboxListener, PoolKeeper, Statekeeper } from "@callgrid/statekeeper";
import type { SimulatedProcess } from "../simulation/simulated-process.ts";
import type { OperatedPool, PoolOperation } from "./counted-pool.ts";

/** A process, and the way from it to the pools. */
export interface CountedKeeperParts {
  readonly process: SimulatedProcess;
  readonly world: VirtualClock;
  /** What a message takes one way, in ms. */
  readonly delayMs: number;
}

/** The pool as this process sees it. Messages of one process stay in order, since all take the same time. */
function countedKeeper(parts: CountedKeeperParts, pool: OperatedPool): PoolKeeper {
  const { process, world, delayMs } = parts;
  const call = (operation: PoolOperation, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!process.interact()) return;
      const answer = (settle: () => void): void => void process.at(world.now() + delayMs, settle);
      world.after(process.nowMs() + delayMs - world.now(), () => {
        pool.run(operation, args).then(
          (reply) => answer(() => resolve(reply)),
          (error: unknown) => answer(() => reject(error)),
        );
      });
    });
  const listen = (inbox: string, { onMessages, onReconnect }: InboxHandlers): InboxListener =>
    pool.listen(inbox, {
      onMessages: (messages) => void process.at(world.now() + delayMs, () => onMessages(messages)),
      onReconnect,
    });
  const gather = (ask: () => void): void => ask();
  const special = { pool: pool.name, gather, listen };
  return new Proxy(special as unknown as PoolKeeper, {
    get: (target, name) =>
      name in target
        ? target[name as keyof PoolKeeper]
        : (...args: readonly unknown[]) => call(name as PoolOperation, args),
  });
}

/** A statekeeper of all pools, for one process. */
export function countedStatekeeper(parts: CountedKeeperParts, pools: ReadonlyMap<string, OperatedPool>): Statekeeper {
  return {
    address: "simulation:",
    grid: "simulation",
    pool: (name) => {
      const pool = pools.get(name);
      if (pool === undefined) throw new Error(`there is no pool "${name}"`);
      return countedKeeper(parts, pool);
    },
    otherGridsWith: async () => [],
    poolsLike: async () => [],
    ping: async () => 0,
    close: async () => undefined,
  };
}
