/**
 * The grid of a scaling run: real distributors with their bridges, real workers and real clients, each in a simulated process, on
 * virtual time. What is simulated is the world around them.
 */
import { GridClient, type GridLog, resolveClientOptions } from "@callgrid/client";
import type { VirtualClock } from "@callgrid/core";
import { startDistributor } from "@callgrid/distributor";
import { startWorker } from "@callgrid/worker";
import { pino } from "pino";
import type { Random } from "../simulation/random.ts";
import { SimulatedProcess } from "../simulation/simulated-process.ts";
import { Trace } from "../simulation/trace.ts";
import { countedStatekeeper } from "./counted-keeper.ts";
import type { OperatedPool } from "./counted-pool.ts";
import type { PlannedPool } from "./forest.ts";
import type { Scenario } from "./scenario.ts";

/** One way, between two machines of a data centre. */
const delayMs = 0.25;
/** A machine that died is replaced by another after so long. */
const replacedAfterMs = 2_000;

const silent = pino({ level: "silent" });
const quiet: GridLog = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export interface ForestGridParts {
  readonly world: VirtualClock;
  readonly pools: ReadonlyMap<string, OperatedPool>;
  readonly plan: readonly PlannedPool[];
  readonly scenario: Scenario;
  /** What a worker can evaluate; `slowness`: how many times longer than usual everything takes it. */
  readonly functionsOf: (worker: { readonly process: SimulatedProcess; readonly slowness: number }) => object;
  readonly random: Random;
}

export class ForestGrid {
  readonly #parts: ForestGridParts;
  readonly #trace = new Trace(1, () => 0);
  readonly #clients = new Map<string, GridClient>();
  readonly #workers: Array<{ process: SimulatedProcess; readonly pool: string; readonly slowness: number }> = [];
  #processes = 0;

  constructor(parts: ForestGridParts) {
    this.#parts = parts;
    this.#trace.stop();
  }

  /** Starts all nodes; resolves once all have joined, for which time has to pass. */
  async start(): Promise<void> {
    const { plan, scenario, random } = this.#parts;
    const starting: Array<Promise<unknown>> = [];
    for (const pool of plan) {
      starting.push(this.#startDistributor(pool));
      for (let i = 0; i < pool.workers; i += 1) {
        const slowness = random.chance(scenario.slowShare) ? scenario.slowness : 1;
        const worker = { process: this.#makeProcess("w"), pool: pool.name, slowness };
        this.#workers.push(worker);
        starting.push(this.#startWorker(worker));
      }
    }
    await Promise.all(starting);
  }

  /** The client of a pool. */
  client(pool: string): GridClient {
    const known = this.#clients.get(pool);
    if (known !== undefined) return known;
    const process = this.#makeProcess("c");
    const client = new GridClient({
      statekeeper: this.#statekeeper(process),
      settings: resolveClientOptions({}, {}),
      log: quiet,
      clock: process.clock,
      makeId: () => `${process.name}-${this.#parts.random.id()}`,
    });
    this.#clients.set(pool, client);
    return client;
  }

  /** Kills some of the workers between now and then, each at a time of its own. */
  killSome(withinMs: number): void {
    const { random, scenario, world } = this.#parts;
    for (const worker of this.#workers) {
      if (!random.chance(scenario.dyingShare)) continue;
      world.after(random.between(0, withinMs), () => {
        worker.process.kill();
        world.after(replacedAfterMs, () => {
          worker.process = this.#makeProcess("w");
          void this.#startWorker(worker);
        });
      });
    }
  }

  #startDistributor({ name, parent }: PlannedPool): Promise<unknown> {
    const process = this.#makeProcess("d");
    const statekeeper = this.#statekeeper(process);
    const bridge = parent === undefined ? {} : { parent, parentStatekeeper: statekeeper };
    return startDistributor({
      ...bridge,
      pool: name,
      statekeeper,
      clock: process.clock,
      log: silent,
      id: process.name,
    });
  }

  #startWorker(worker: {
    process: SimulatedProcess;
    readonly pool: string;
    readonly slowness: number;
  }): Promise<unknown> {
    const { process, pool, slowness } = worker;
    return startWorker({
      pool,
      statekeeper: this.#statekeeper(process),
      functions: this.#parts.functionsOf({ process, slowness }),
      leaseMs: this.#parts.scenario.workerLeaseMs,
      clock: process.clock,
      log: silent,
      id: process.name,
    });
  }

  #statekeeper(process: SimulatedProcess) {
    return countedStatekeeper({ process, world: this.#parts.world, delayMs }, this.#parts.pools);
  }

  #makeProcess(kind: "w" | "d" | "c"): SimulatedProcess {
    this.#processes += 1;
    const { world, random } = this.#parts;
    const name = `${kind}${this.#processes}`;
    return new SimulatedProcess({ name, world, trace: this.#trace, skewMs: 0, random: random.branch(name) });
  }
}

function ignore(): void {}
