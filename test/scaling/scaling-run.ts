/** One run: a forest of pools for so many workers, a scenario and a seed; from the first tree that is asked for to the last answer. */
import { VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { Random } from "../simulation/random.ts";
import { CountedPool, type OperatedPool } from "./counted-pool.ts";
import { type AskedTree, planDemand } from "./demand.ts";
import { planForest } from "./forest.ts";
import { ForestGrid } from "./forest-grid.ts";
import type { Scenario } from "./scenario.ts";
import { treeFunctions, treeSize, trunkOf } from "./tree-functions.ts";
import { WorkMeter } from "./work-meter.ts";

export interface ScalingOptions {
  readonly scenario: Scenario;
  readonly workers: number;
  readonly requests: number;
  readonly seed: string;
  /** Called now and then; default: not called. */
  readonly onProgress?: (started: number, virtualMs: number) => void;
}

/** Where operations are made, instead of in memory. */
export interface ScalingPlace {
  readonly pools: ReadonlyMap<string, OperatedPool>;
  /** Resolves once nothing is under way there; absent where operations take no real time. */
  readonly settle?: () => Promise<void>;
  /** Everything has started. */
  onBegin(): void;
}

/** All nodes join within this. */
const startMs = 2_000;
const stepMs = 50;
/** A run that gets nowhere for so long has failed. */
const patienceMs = 60_000;

export class ScalingRun {
  readonly world = new VirtualClock();
  readonly meter: WorkMeter;
  readonly trees: readonly AskedTree[];
  readonly #options: ScalingOptions;
  readonly #plan;
  readonly #random: Random;
  #answered = 0;
  #beganMs = 0;
  #failure: Error | undefined;

  constructor(options: ScalingOptions) {
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#plan = planForest(options.workers);
    const { requests, workers, scenario } = options;
    this.trees = planDemand({ pools: this.#plan, requests, workers }, scenario, this.#random.branch("demand"));
    this.meter = new WorkMeter(this.requests);
  }

  /** How many requests there are, as whole trees. */
  get requests(): number {
    return this.trees.length * treeSize;
  }

  get poolNames(): readonly string[] {
    return this.#plan.map(({ name }) => name);
  }

  /** Whether the pool has workers of its own, and not only other pools below it. */
  hasWorkers(pool: string): boolean {
    return this.#plan.some(({ name, workers }) => name === pool && workers > 0);
  }

  /** From the first tree asked for until now. */
  get tookMs(): number {
    return this.world.now() - this.#beganMs;
  }

  /** Makes the run in memory, and returns the pools with what they have counted. */
  async inMemory(): Promise<readonly CountedPool[]> {
    const statekeeper = new MemoryStatekeeper({ clock: this.world, grid: "simulation" });
    const now = (): number => this.world.now();
    const pools = new Map(this.poolNames.map((name) => [name, new CountedPool(statekeeper.pool(name), now)]));
    await this.at({
      pools,
      onBegin: () => {
        for (const pool of pools.values()) pool.beginLedger();
      },
    });
    for (const pool of pools.values()) pool.ledger.lookAt(this.world.now());
    return [...pools.values()];
  }

  /** Makes the run at a place. Throws if a tree fails, has a wrong value, or never ends. */
  async at(place: ScalingPlace): Promise<void> {
    const { stackTraceLimit } = Error;
    // no process reads the stacks of the errors by which functions are ordered to stop
    Error.stackTraceLimit = 0;
    try {
      await this.#run(place);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  async #run(place: ScalingPlace): Promise<void> {
    const { scenario } = this.#options;
    const { world, meter } = this;
    const grid = new ForestGrid({
      ...{ world, scenario, pools: place.pools, plan: this.#plan, random: this.#random.branch("grid") },
      functionsOf: (worker) => treeFunctions({ ...worker, meter }),
    });
    let hasStarted = false;
    void grid.start().then(() => {
      hasStarted = true;
    }, this.#fail);
    await this.#advance(startMs, place);
    if (!hasStarted) throw this.#failure ?? new Error(`not all nodes joined within ${startMs} ms`);
    place.onBegin();
    this.#beganMs = world.now();
    meter.begin(this.#beganMs);
    this.#askFor(grid);
    grid.killSome(this.trees.at(-1)?.atMs ?? 0);
    await this.#advanceToEnd(place);
  }

  #askFor(grid: ForestGrid): void {
    const byPool = new Map<string, number[]>();
    for (const { tree, pool, atMs } of this.trees) {
      if (atMs > 0) this.world.after(atMs, () => this.#ask(grid, pool, [tree]));
      else byPool.set(pool, [...(byPool.get(pool) ?? []), tree]);
    }
    for (const [pool, trees] of byPool) this.#ask(grid, pool, trees);
  }

  #ask(grid: ForestGrid, pool: string, trees: readonly number[]): void {
    const askedMs = this.world.now();
    for (const tree of trees) this.meter.noteAsked(trunkOf(tree)[1], askedMs);
    for (const tree of trees) {
      grid
        .client(pool)
        .enqueue(pool, trunkOf(tree))
        .then((value) => {
          this.#answered += 1;
          this.meter.noteTree(this.world.now() - askedMs);
          if (value !== treeSize) this.#fail(new Error(`tree ${tree} has the value ${String(value)}`));
        }, this.#fail);
    }
  }

  async #advanceToEnd(place: ScalingPlace): Promise<void> {
    let newsMs = this.world.now();
    let answered = 0;
    while (this.#answered < this.trees.length) {
      await this.#advance(stepMs, place);
      this.#options.onProgress?.(this.meter.started, this.tookMs);
      if (this.#answered > answered) newsMs = this.world.now();
      answered = this.#answered;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.world.now() - newsMs > patienceMs) throw new Error(`${answered} trees were answered, and then no more`);
    }
  }

  /** Where operations take real time, virtual time stands still meanwhile. */
  async #advance(ms: number, { settle }: ScalingPlace): Promise<void> {
    if (settle === undefined) return this.world.advance(ms);
    let isOver = false;
    this.world.after(ms, () => {
      isOver = true;
    });
    while (!isOver) {
      await this.world.next();
      await settle();
    }
  }

  readonly #fail = (reason: unknown): void => {
    this.#failure ??= reason instanceof Error ? reason : new Error(String(reason));
  };
}
