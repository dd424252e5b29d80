/** Makes a load on virtual time, with the real distributors, bridges, workers and clients, and measures what came of it. */
import { type Definition, VirtualClock } from "@callgrid/core";
import { MemoryStatekeeper } from "@callgrid/statekeeper";
import { callReentrant } from "@callgrid/worker";
import { Random } from "../simulation/random.ts";
import type { SimulatedProcess } from "../simulation/simulated-process.ts";
import { CountedPool } from "./counted-pool.ts";
import { ForestGrid } from "./forest-grid.ts";
import { scenarios } from "./scenario.ts";
import { type AskedCall, callsOf, countCalls, idealMs, type LoadCall, poolsOf, type TreeLoad } from "./tree-load.ts";

/** What came of a load. */
export interface TreeLoadResult {
  readonly load: TreeLoad;
  readonly requests: number;
  readonly idealMs: number;
  /** From the first request to the last answer. */
  readonly tookMs: number;
  /** Evaluations beyond one of each request. */
  readonly evaluatedTwice: number;
  /** Of Redis, while the load was on. */
  readonly commandsPerRequest: number;
  /** What the idle tree asked of Redis before. */
  readonly idleCommandsPerSecond: number;
}

const startMs = 2_000;
const idleMs = 10_000;
const stepMs = 50;
/** A run that takes so much longer than it should has failed. */
const patienceMs = 60_000;
const aDayMs = 86_400_000;

/** Makes a load. Throws if a request fails or gets no answer. */
export async function runTreeLoad(load: TreeLoad): Promise<TreeLoadResult> {
  const { stackTraceLimit } = Error;
  // no process reads the stacks of the errors by which functions are ordered to stop
  Error.stackTraceLimit = 0;
  try {
    return await new TreeLoadRun(load).run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

class TreeLoadRun {
  readonly #load: TreeLoad;
  readonly #world = new VirtualClock();
  readonly #pools: ReadonlyMap<string, CountedPool>;
  readonly #asked: readonly AskedCall[];
  #evaluations = 0;
  #answers = 0;
  #lastAnswerMs = 0;
  #failure: unknown;

  constructor(load: TreeLoad) {
    this.#load = load;
    const statekeeper = new MemoryStatekeeper({ clock: this.#world, grid: "simulation" });
    const now = (): number => this.#world.now();
    this.#pools = new Map(poolsOf(load).map(({ name }) => [name, new CountedPool(statekeeper.pool(name), now)]));
    this.#asked = callsOf(load);
  }

  async run(): Promise<TreeLoadResult> {
    const { pools, workersPerPool } = this.#load;
    const grid = await this.#startGrid();
    const idleCommandsPerSecond = (await this.#countedOver(() => this.#world.advance(idleMs))) / (idleMs / 1_000);
    const ideal = idealMs(this.#asked, pools * workersPerPool);
    const requests = countCalls(this.#asked.map(({ call }) => call));
    const beganMs = this.#world.now();
    const commands = await this.#countedOver(() => this.#askAll(grid, beganMs + ideal + patienceMs));
    return {
      load: this.#load,
      requests,
      idealMs: ideal,
      tookMs: this.#lastAnswerMs - beganMs,
      evaluatedTwice: this.#evaluations - requests,
      commandsPerRequest: commands / requests,
      idleCommandsPerSecond,
    };
  }

  async #startGrid(): Promise<ForestGrid> {
    const [scenario] = scenarios;
    if (scenario === undefined) throw new Error("unreachable: there are scenarios");
    const grid = new ForestGrid({
      ...{ world: this.#world, plan: poolsOf(this.#load), pools: this.#pools, scenario, random: new Random("grid") },
      functionsOf: ({ process }) => this.#functions(process),
    });
    void grid.start().catch(this.#fail);
    await this.#world.advance(startMs);
    return grid;
  }

  async #askAll(grid: ForestGrid, untilMs: number): Promise<void> {
    for (const { pool, atMs, call } of this.#asked) {
      this.#world.after(atMs, () => {
        grid.client(pool).enqueue(pool, ["work", call]).then(this.#noteAnswer, this.#fail);
      });
    }
    while (this.#answers < this.#asked.length && this.#failure === undefined) {
      if (this.#world.now() > untilMs) this.#fail(new Error(`${this.#answers} requests were answered, and no more`));
      await this.#world.advance(stepMs);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Commands that are made meanwhile. */
  async #countedOver(run: () => Promise<void>): Promise<number> {
    for (const pool of this.#pools.values()) pool.beginLedger();
    await run();
    return [...this.#pools.values()].reduce((sum, { ledger }) => sum + ledger.tally.commands, 0);
  }

  #functions(process: SimulatedProcess): object {
    const evaluate = async ({ number, forMs, calls }: LoadCall): Promise<number> => {
      this.#evaluations += 1;
      process.calculate(forMs);
      if (calls.length > 0) await callReentrant(calls.map((call): [string, LoadCall] => ["work", call]));
      return number;
    };
    const needs = {};
    const definition: Definition = { name: "work", version: "1", cacheTtlMs: aDayMs, timeoutMs: 0, needs, evaluate };
    return { work: Object.assign((): unknown => undefined, { functionName: "work", definition }) };
  }

  readonly #noteAnswer = (): void => {
    this.#answers += 1;
    this.#lastAnswerMs = this.#world.now();
  };

  readonly #fail = (error: unknown): void => {
    this.#failure ??= error;
  };
}
