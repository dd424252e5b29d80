/**
 * One run of a simulation: a seed decides the grid, its work and its faults; the run ends well, or with a violation and all that
 * one needs to understand it. First the faults happen; then they stop, and every call must be answered; then no caller asks for
 * anything, and nothing may be left; then everybody leaves.
 */
import type { FaultKind } from "./fault-plan.ts";
import { faultKinds } from "./fault-plan.ts";
import { forgottenLease, leftover } from "./invariants.ts";
import { SimulatedGrid } from "./simulated-grid.ts";
import type { BrokenPart } from "./watched-pool.ts";

export interface SimulationOptions {
  readonly seed: number;
  readonly sharing: "auto" | "eager";
  /** Kinds of faults that may happen; default: all. */
  readonly faultKinds?: ReadonlySet<FaultKind>;
  /** What is broken on purpose; default: nothing. */
  readonly broken?: BrokenPart | undefined;
  /** How many of the last events to keep for the report. */
  readonly traceLines?: number;
}

/** How a run ended. */
export interface SimulationResult {
  readonly violation: string | undefined;
  /** All there is to know about it, for people. */
  readonly report: () => string;
  readonly operations: number;
  readonly virtualMs: number;
}

const stepMs = 50;
/** Every call is answered within this after the last fault. */
const answersWithinMs = 60_000;
/** What is left is gone within this after the last answer, besides all leases. */
const tidyWithinMs = 12_000;
/** How long a process may feel a fault after all calls are answered: it is stopped, then two attempts to connect stall. */
const faultsFeltForMs = 60_000;
const reconcileEveryMs = 5_500;
const seedsPerThorough = 8;
const leavesWithinMs = 5_000;
const sweepGraceMs = 5_000;
const defaultTraceLines = 400;

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const run = new SimulationRun(options);
  const tellRejection = (reason: unknown): void => {
    run.grid.fail(
      `a promise was rejected without a handler: ${reason instanceof Error ? reason.stack : String(reason)}`,
    );
  };
  const { stackTraceLimit } = Error;
  // stacks of failing functions would take most of the time, and no one looks at them
  Error.stackTraceLimit = 0;
  process.on("unhandledRejection", tellRejection);
  try {
    await run.toItsEnd();
  } finally {
    process.off("unhandledRejection", tellRejection);
    Error.stackTraceLimit = stackTraceLimit;
  }
  const { grid } = run;
  return {
    violation: grid.violation,
    report: () => reportOf(options, grid),
    operations: grid.watched.operations,
    virtualMs: grid.world.now(),
  };
}

class SimulationRun {
  readonly grid: SimulatedGrid;
  readonly #isThorough: boolean;

  constructor(options: SimulationOptions) {
    this.#isThorough = options.seed % seedsPerThorough === 0;
    this.grid = new SimulatedGrid({
      seed: options.seed,
      sharing: options.sharing,
      faultKinds: options.faultKinds ?? new Set(faultKinds),
      broken: options.broken,
      traceLines: options.traceLines ?? defaultTraceLines,
    });
  }

  async toItsEnd(): Promise<void> {
    this.grid.start();
    await this.#advance(this.grid.plan.untilMs);
    this.grid.mend();
    await this.#advance(answersWithinMs, () => this.#unanswered.length === 0);
    if (this.#unanswered.length > 0) this.grid.fail(`no answer: ${this.#unanswered.join("; ")}`);
    await this.grid.clearBacklog();
    await this.#comeToRest();
    const leaving = [...this.grid.clients, ...this.grid.nodes].map((process) => process.close());
    let hasLeft = false;
    void Promise.all(leaving).then(() => {
      hasLeft = true;
    });
    await this.#advance(leavesWithinMs + this.#longestLeaseMs, () => hasLeft);
    if (!hasLeft) this.grid.fail(`these could not leave: ${[...this.grid.living].join(", ")}`);
    this.#checkLeftovers();
  }

  /** Nothing is left over, and for so long that anybody who still waited for something would have checked on it. */
  async #comeToRest(): Promise<void> {
    const { grid } = this;
    const { worker, client } = grid.manner;
    // a claim that is held for nothing shows only when its worker compares notes with the pool, which takes long
    const reconcileMs = this.#isThorough ? reconcileEveryMs : 0;
    const quietMs = reconcileMs + 2 * Math.max(worker.checkEveryMs, client.checkEveryMs);
    let untidyAtMs = grid.world.now();
    const restedMs = (): number => {
      if (this.#leftover !== undefined) untidyAtMs = grid.world.now();
      return grid.world.now() - Math.max(untidyAtMs, grid.disturbedUntilMs, grid.watched.lastTelling?.atMs ?? 0);
    };
    // a connection that is made again after the last fault may stall first
    await this.#advance(faultsFeltForMs, () => grid.world.now() >= grid.disturbedUntilMs);
    await this.#advance(this.#longestLeaseMs + tidyWithinMs + quietMs, () => restedMs() >= quietMs);
    this.#checkLeftovers();
    if (restedMs() < quietMs) grid.fail(`all is answered, and yet there was a ${grid.watched.lastTelling?.what}`);
  }

  get #unanswered(): string[] {
    return this.grid.clients.flatMap((client) => client.unanswered);
  }

  get #longestLeaseMs(): number {
    const { worker, client, distributor } = this.grid.manner;
    return Math.max(worker.leaseMs, client.leaseMs, distributor.leaseMs);
  }

  /** Lets so much time pass, less where `isEnough` comes true, and stops at a violation. */
  async #advance(ms: number, isEnough: () => boolean = () => false): Promise<void> {
    const { grid } = this;
    const untilMs = grid.world.now() + ms;
    while (grid.violation === undefined && grid.world.now() < untilMs && !isEnough()) {
      await grid.world.advance(Math.min(stepMs, untilMs - grid.world.now()));
      this.#checkLeases();
      grid.checkWorkers();
    }
  }

  #checkLeases(): void {
    const { manner, watched, calmSinceMs } = this.grid;
    const graceMs = manner.distributor.leaseMs + manner.worker.leaseMs + sweepGraceMs;
    const wrong = forgottenLease(watched.pool.records, { since: calmSinceMs, graceMs });
    if (wrong !== undefined) this.grid.fail(wrong);
  }

  get #leftover(): string | undefined {
    return leftover(this.grid.watched.pool.records, this.grid.living);
  }

  #checkLeftovers(): void {
    const wrong = this.#leftover;
    if (wrong !== undefined) this.grid.fail(`at the end: ${wrong}`);
  }
}

function reportOf(options: SimulationOptions, grid: SimulatedGrid): string {
  const { plan, manner, graph, trace } = grid;
  return [
    `violation: ${graph.readable(grid.violation ?? "none")}`,
    `seed: ${options.seed}, sharing: ${options.sharing}; again: scripts/torture --seed ${options.seed} --sharing ${options.sharing}`,
    `fault plan: ${JSON.stringify(plan)}`,
    `grid: ${JSON.stringify(manner)}`,
    `calls: ${graph.nodes.map(({ number }) => graph.described(number)).join(" ")}`,
    `the pool: ${graph.readable(describePool(grid))}`,
    "last events:",
    ...trace.lines((text) => graph.readable(text)),
  ].join("\n");
}

function describePool(grid: SimulatedGrid): string {
  const { requests, queue, callerQueues, ownQueues, running, volunteers, leases, head } = grid.watched.pool.dump();
  return JSON.stringify({ requests, queue, callerQueues, ownQueues, running, volunteers, leases, head }, undefined, 1);
}
