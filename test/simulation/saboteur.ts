/** Carries a fault plan out on one process: kills it, stops it, and breaks its connections, until the faults are over. */
import type { VirtualClock } from "@callgrid/core";
import type { ProcessFaults } from "./fault-plan.ts";
import type { Random } from "./random.ts";
import type { SimulatedKeeper } from "./simulated-keeper.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Trace } from "./trace.ts";

export interface SaboteurParts {
  readonly world: VirtualClock;
  readonly trace: Trace;
  readonly random: Random;
  readonly process: SimulatedProcess;
  readonly keeper: SimulatedKeeper;
  readonly faults: ProcessFaults;
  /** Faults happen up to this time. */
  readonly untilMs: number;
  /** Makes the process leave cleanly. */
  readonly leave: () => void;
}

export class Saboteur {
  readonly #parts: SaboteurParts;
  /** Since when nothing is the matter with the process. */
  #calmSinceMs: number;

  constructor(parts: SaboteurParts) {
    this.#parts = parts;
    this.#calmSinceMs = parts.world.now();
  }

  /** Since when the process runs undisturbed; undefined for one that has ended. */
  get calmSinceMs(): number | undefined {
    const { process, keeper } = this.#parts;
    return process.isAlive ? Math.max(this.#calmSinceMs, keeper.stalledUntilMs) : undefined;
  }

  start(): void {
    const { world, random, faults, process, untilMs } = this.#parts;
    if (world.now() >= untilMs) return;
    if (random.chance(faults.deathShare)) process.dieAfter(Math.ceil(random.logarithmic(1, faults.mostInteractions)));
    this.#everyNowAndThen(faults.stopEveryMs, () => this.#stop());
    this.#everyNowAndThen(faults.cutEveryMs, () => this.#cut());
    this.#everyNowAndThen(faults.leaveEveryMs, () => this.#parts.leave());
  }

  /** The faults are over. */
  end(): void {
    this.#parts.process.dieAfter(Number.POSITIVE_INFINITY);
  }

  /** The statekeeper went down, and is away for so long. */
  loseServer(downMs: number): void {
    const reconnectMs = downMs + this.#parts.random.between(0, 100);
    this.#parts.keeper.loseServer({ downMs: reconnectMs, stalls: this.#drawStalls() });
    this.#noteDisturbance(reconnectMs);
  }

  #everyNowAndThen(meanMs: number, act: () => void): void {
    const { world, random, process, untilMs } = this.#parts;
    if (meanMs === Number.POSITIVE_INFINITY) return;
    const waitMs = random.wait(meanMs);
    if (world.now() + waitMs >= untilMs) return;
    world.after(waitMs, () => {
      if (!process.isAlive) return;
      act();
      this.#everyNowAndThen(meanMs, act);
    });
  }

  #stop(): void {
    const { random, faults, process, trace } = this.#parts;
    const ms = random.logarithmic(1, faults.longestStopMs);
    trace.note(process.name, `is stopped for ${ms.toFixed(0)} ms`);
    process.stopFor(ms);
    this.#noteDisturbance(ms);
  }

  #cut(): void {
    const { random, faults, process, keeper, trace } = this.#parts;
    const downMs = random.logarithmic(1, faults.longestCutMs);
    const unnoticedMs = faults.longestUnnoticedMs === 0 ? 0 : random.between(0, faults.longestUnnoticedMs);
    const what = random.pick(["commands", "inbox", "both"] as const);
    const how = { downMs, stalls: this.#drawStalls() };
    const after = how.stalls === 0 ? "" : `, and ${how.stalls} attempts stall then`;
    trace.note(process.name, `loses its connection (${what}) for ${downMs.toFixed(0)} ms${after}`);
    if (what !== "inbox") keeper.cutCommands(how);
    if (what !== "commands") keeper.cutInbox(how, unnoticedMs);
    this.#noteDisturbance(downMs + unnoticedMs);
  }

  #drawStalls(): number {
    const { random, faults } = this.#parts;
    return random.chance(faults.stallShare) ? random.integer(1, 2) : 0;
  }

  #noteDisturbance(ms: number): void {
    this.#calmSinceMs = Math.max(this.#calmSinceMs, this.#parts.world.now() + ms);
  }
}
