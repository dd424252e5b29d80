/** Workers and a client on a statekeeper in memory; on virtual time unless a test says otherwise. */
import { type Clock, VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper, type PoolKeeper, type Statekeeper } from "@callgrid/statekeeper";
import { onTestFinished } from "vitest";
import { GridClient } from "../../packages/client/src/grid-client.ts";
import { resolveClientOptions } from "../../packages/client/src/options/client-options.ts";
import type { FunctionSources } from "../../packages/worker/src/functions/module-loader.ts";
import { type RunningWorker, type StartWorkerOptions, startWorker } from "../../packages/worker/src/start-worker.ts";
import { LogTape } from "./log-tape.ts";

/** What a test may set of a worker; the rest is the stage's. */
export type StagedWorkerOptions = Partial<Omit<StartWorkerOptions, "functions" | "statekeeper" | "clock" | "log">> & {
  /** Puts something between the worker and the pool. */
  readonly through?: (pool: PoolKeeper) => PoolKeeper;
};

const noLog = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

export class WorkerStage<C extends Clock = VirtualClock> {
  readonly clock: C;
  readonly statekeeper: MemoryStatekeeper;
  readonly grid: GridClient;
  /** The log of all workers. */
  readonly tape = new LogTape();
  readonly #ends: Array<() => Promise<void>> = [];

  constructor(clock: C) {
    this.clock = clock;
    this.statekeeper = new MemoryStatekeeper({ clock, grid: "test" });
    this.grid = this.newClient();
    onTestFinished(async () => {
      for (const end of this.#ends.reverse()) await end();
      await this.statekeeper.close();
    });
  }

  /** The pool that workers and clients use unless options say otherwise. */
  get pool(): ReturnType<MemoryStatekeeper["pool"]> {
    return this.statekeeper.pool("pool");
  }

  /** Another client of the same grid. */
  newClient(): GridClient {
    const settings = resolveClientOptions({}, {});
    const client = new GridClient({ statekeeper: this.statekeeper, settings, clock: this.clock, log: noLog });
    this.#ends.push(() => client.close());
    return client;
  }

  /** A worker of one slot that has joined the pool. */
  async startWorker(
    functions: FunctionSources,
    { through, ...options }: StagedWorkerOptions = {},
  ): Promise<RunningWorker> {
    const { clock, tape } = this;
    const statekeeper = through === undefined ? this.statekeeper : keptThrough(this.statekeeper, through);
    const worker = await startWorker({ pool: "pool", ...options, functions, statekeeper, clock, log: tape.log });
    this.#ends.push(() => worker.stop());
    return worker;
  }

  /** How often functions were evaluated, by name, as the pool's counters show after the next maintenance of its workers. */
  async evaluated(functionName: string): Promise<number> {
    const { counters } = await this.pool.inspect();
    return counters[`evaluated:${functionName}`] ?? 0;
  }
}

/** On virtual time: it passes only when a test says so. */
export function setWorkerStage(): WorkerStage {
  return new WorkerStage(new VirtualClock());
}

function keptThrough(statekeeper: MemoryStatekeeper, through: (pool: PoolKeeper) => PoolKeeper): Statekeeper {
  return {
    address: statekeeper.address,
    grid: statekeeper.grid,
    pool: (name) => through(statekeeper.pool(name)),
    otherGridsWith: (pool) => statekeeper.otherGridsWith(pool),
    poolsLike: (pool) => statekeeper.poolsLike(pool),
    ping: () => statekeeper.ping(),
    close: async () => undefined,
  };
}
