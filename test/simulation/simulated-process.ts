/**
 * A process of the simulated grid: what can be killed at any await, stopped for a while, or be busy calculating. Everything
 * that reaches it (timers, turns, replies, messages) comes through `at`, and everything that leaves it counts by `interact`;
 * so a process that has died neither hears nor says anything any more, and which interaction kills it can be drawn beforehand.
 */
import type { CancelTimer, Clock, VirtualClock } from "@callgrid/core";
import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

export interface SimulatedProcessParts {
  readonly name: string;
  readonly world: VirtualClock;
  readonly trace: Trace;
  /** By how much its clock is ahead of the world's: no two machines agree. */
  readonly skewMs: number;
  readonly random: Random;
}

/** Something that is to happen in the process. */
interface ProcessEvent {
  readonly action: () => void;
  cancel: CancelTimer;
}

const nothingToCancel: CancelTimer = () => undefined;

export class SimulatedProcess {
  readonly name: string;
  readonly clock: Clock;
  readonly #world: VirtualClock;
  readonly #trace: Trace;
  readonly #skewMs: number;
  readonly #random: Random;
  readonly #onEnd: Array<() => void> = [];
  /** Its own time, which is ahead of the world's while it calculates. */
  #busyUntilMs: number;
  #stoppedUntilMs = 0;
  #interactionsLeft = Number.POSITIVE_INFINITY;
  #isAlive = true;

  constructor(parts: SimulatedProcessParts) {
    this.name = parts.name;
    this.#world = parts.world;
    this.#trace = parts.trace;
    this.#skewMs = parts.skewMs;
    this.#random = parts.random;
    this.#busyUntilMs = parts.world.now();
    this.clock = {
      now: () => this.nowMs() + this.#skewMs,
      after: (ms, action) => this.#startTimer(ms, action),
      background: (ms, action) => this.#startTimer(ms, action),
      turn: (action) => {
        this.at(this.nowMs(), action);
      },
    };
  }

  get isAlive(): boolean {
    return this.#isAlive;
  }

  get isStopped(): boolean {
    return this.#stoppedUntilMs > this.#world.now();
  }

  /** The world's time as far as this process has come. */
  nowMs(): number {
    return Math.max(this.#busyUntilMs, this.#world.now());
  }

  /** Calculates for so long without a yield. */
  calculate(ms: number): void {
    this.#busyUntilMs = this.nowMs() + ms;
  }

  /** Runs `action` in this process at a time of the world, or as soon after it as the process can. */
  at(dueMs: number, action: () => void): CancelTimer {
    const event: ProcessEvent = { action, cancel: nothingToCancel };
    event.cancel = this.#world.after(dueMs - this.#world.now(), () => this.#fire(event));
    return () => event.cancel();
  }

  /** Timers of Node may come a little early. */
  #startTimer(ms: number, action: () => void): CancelTimer {
    const earlyMs = this.#random.chance(0.1) ? this.#random.next() : 0;
    return this.at(this.nowMs() + Math.max(0, ms - earlyMs), action);
  }

  #fire(event: ProcessEvent): void {
    if (!this.#isAlive) return;
    const waitMs = Math.max(this.#busyUntilMs, this.#stoppedUntilMs) - this.#world.now();
    if (waitMs > 0) event.cancel = this.#world.after(waitMs, () => this.#fire(event));
    else if (this.interact()) event.action();
  }

  /** Counts one interaction with the world; `false` for a process that is dead, or dies of this one. */
  interact(): boolean {
    if (!this.#isAlive) return false;
    this.#interactionsLeft -= 1;
    if (this.#interactionsLeft > 0) return true;
    this.kill();
    return false;
  }

  /** Dies at the interaction after so many more. */
  dieAfter(interactions: number): void {
    this.#interactionsLeft = interactions;
  }

  kill(): void {
    if (!this.#isAlive) return;
    this.#trace.note(this.name, "is killed");
    this.#end();
  }

  /** Ends cleanly: it has said all it had to say. */
  exit(): void {
    if (!this.#isAlive) return;
    this.#trace.note(this.name, "exits");
    this.#end();
  }

  /** As SIGSTOP now and SIGCONT later: nothing is lost, and everything comes late. */
  stopFor(ms: number): void {
    this.#stoppedUntilMs = Math.max(this.#stoppedUntilMs, this.#world.now() + ms);
  }

  /** Calls once the process has ended, however it did. */
  onEnd(action: () => void): void {
    this.#onEnd.push(action);
  }

  #end(): void {
    this.#isAlive = false;
    for (const action of this.#onEnd.splice(0)) action();
  }
}
