/**
 * Fills free slots, one after the other, with what its queue gives next. After a slice of time it pauses for one turn of the event
 * loop, so that I/O has its turn.
 */
import type { Clock } from "@callgrid/core";
import { TimeSlice } from "../timing/time-slice.ts";
import type { Evaluation } from "./evaluation.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";
import { SlotScheduler } from "./slot-scheduler.ts";
import { Slots } from "./slots.ts";

/** What the loop reports to the rest of the worker. */
export interface SlotLoopEvents {
  /** Something changed that may need a call of the statekeeper. */
  onChange(): void;
  /** A slice is over: there is more to run, and I/O gets its turn first. */
  onSliceEnd(): void;
  /** All slots are taken, and calls wait in memory. */
  onFull(): void;
}

export class SlotLoop {
  readonly queue = new SlotScheduler();
  readonly slots: Slots;
  readonly slice: TimeSlice;
  readonly #clock: Clock;
  readonly #outside: SlotLoopEvents;
  readonly #take: (next: Evaluation | ReentrantCalls) => void;
  #isRunning = false;
  #isPausing = false;
  #isQueued = false;
  #isStopped = false;

  constructor(parts: {
    clock: Clock;
    slots: number;
    outside: SlotLoopEvents;
    /** Starts an evaluation in a slot, or has the caller of settled calls go on in one. */
    take: (next: Evaluation | ReentrantCalls) => void;
  }) {
    this.#clock = parts.clock;
    this.#outside = parts.outside;
    this.#take = parts.take;
    this.slots = new Slots(parts.slots);
    this.slice = new TimeSlice(parts.clock);
  }

  /** Nothing more can start. */
  get isFull(): boolean {
    return this.slots.free === 0 || this.queue.isClosed(this.slots.taken);
  }

  /** What was started last takes so long, in ms: as expected, or longer where it keeps the last slot taken. */
  get runningMs(): number {
    const { expectedMs, takenAt } = this.slots;
    return this.isFull ? Math.max(expectedMs, this.#clock.now() - takenAt) : expectedMs;
  }

  /** Whether it has stopped for a moment only, for I/O to have its turn, and goes on right after with what is there to run. */
  get isPausing(): boolean {
    return this.#isPausing;
  }

  /** Whether it is full of functions that have neither ended nor called anything for so long. */
  isStuck(sinceMs: number): boolean {
    return this.isFull && !this.#isPausing && this.#clock.now() - this.slice.seenAt >= sinceMs;
  }

  /** I/O has just had its turn: the loop may go on for a whole slice. */
  beginSlice(): void {
    if (!this.#isPausing) this.slice.begin();
  }

  /** Called when something came in from outside: runs what can run, with a fresh slice. */
  wake(): void {
    this.beginSlice();
    this.run();
  }

  /** Fills free slots until there is nothing to run or the slice is over. */
  run(): void {
    if (this.#isRunning || this.#isPausing || this.#isStopped) return;
    this.#isRunning = true;
    try {
      this.#fillSlots();
    } finally {
      this.#isRunning = false;
    }
    if (this.isFull && !this.queue.stack.isEmpty) this.#outside.onFull();
    this.#outside.onChange();
  }

  /** Runs once the function that has just suspended itself has returned. */
  runSoon(): void {
    if (this.#isRunning || this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      this.#isQueued = false;
      this.run();
    });
  }

  /** Starts nothing more. */
  stop(): void {
    this.#isStopped = true;
  }

  #fillSlots(): void {
    while (this.slots.free > 0) {
      if (this.slice.isOver && this.queue.hasWork) {
        this.#pause();
        return;
      }
      const next = this.queue.next(this.slots.free, this.slots.taken);
      if (next === undefined) return;
      this.#take(next);
    }
  }

  #pause(): void {
    this.#isPausing = true;
    this.#outside.onSliceEnd();
    this.#clock.turn(() => {
      this.#isPausing = false;
      this.wake();
    });
  }
}
