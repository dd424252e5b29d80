/**
 * Chooses what a free slot runs next: functions whose calls are settled, then the youngest call of the in-memory stack, then the
 * oldest claimed request. It keeps suspects apart: a request whose worker has died while running it runs alone,
 * so that another death names the culprit and costs no other request a loss. A suspect whose calls are settled goes on as soon as
 * nothing else runs, and until then nothing else takes a slot.
 */

import type { SelfTimes } from "../timing/run-times.ts";
import { OwnStack } from "./call-stack.ts";
import type { Evaluation } from "./evaluation.ts";
import { ReadyQueue } from "./ready-queue.ts";
import type { ReentrantCalls } from "./reentrant-calls.ts";

export class SlotScheduler {
  readonly stack = new OwnStack();
  readonly ready = new ReadyQueue();
  /** Settled calls whose callers lack a slot only. */
  readonly #resumable: ReentrantCalls[] = [];
  readonly #resumableSuspects: ReentrantCalls[] = [];
  /** The suspect that {@link next} gave last, as long as it may be running. */
  #suspect: Evaluation | undefined;

  /** The caller can go on once it has a slot. */
  pushResumable(calls: ReentrantCalls): void {
    if (calls.caller.isSuspect) this.#resumableSuspects.push(calls);
    else this.#resumable.push(calls);
  }

  /** Takes what runs next: calls whose caller goes on, or an evaluation that starts; undefined while nothing may take a slot. */
  next(freeSlots: number, running: number): ReentrantCalls | Evaluation | undefined {
    if (freeSlots === 0 || this.#isSuspectRunning) return undefined;
    this.#suspect = undefined;
    if (this.#resumableSuspects.length > 0) return this.#takeResumableSuspect(running);
    return this.#resumable.pop() ?? this.stack.pop() ?? this.#takeReady(running);
  }

  /** Whether there is anything to run that only lacks a slot. */
  get hasWork(): boolean {
    return (
      this.#resumable.length > 0 || this.#resumableSuspects.length > 0 || this.ready.length > 0 || !this.stack.isEmpty
    );
  }

  /** Whether a suspect keeps every slot from being taken: it runs, or is about to go on when what runs now has given its slots up. */
  isClosed(running: number): boolean {
    return this.#isSuspectRunning || (running > 0 && this.#resumableSuspects.length > 0);
  }

  /** A suspect runs, or waits until nothing else runs: new work would only wait for it, and share its fate. */
  get isQuarantined(): boolean {
    return this.#isSuspectRunning || this.#resumableSuspects.length > 0 || this.ready.first?.isSuspect === true;
  }

  /**
   * Whether what has come from outside and what can be resumed takes less than `ms` all together, as far as that is known. A suspect
   * may kill the worker: its duration counts as infinite. Calls on the stack are short, or they would not be there.
   */
  isSoonThrough(ms: number, selfTimes: SelfTimes): boolean {
    let expectedMs = this.isQuarantined ? Number.POSITIVE_INFINITY : this.ready.expectedMs;
    for (const { caller } of this.resumable()) {
      if (expectedMs >= ms) return false;
      expectedMs += selfTimes.get(caller.functionName)?.expectedMs ?? Number.POSITIVE_INFINITY;
    }
    return expectedMs < ms;
  }

  /** Settled calls whose callers wait for a slot. */
  *resumable(): Generator<ReentrantCalls> {
    yield* this.#resumable;
    yield* this.#resumableSuspects;
  }

  get #isSuspectRunning(): boolean {
    return this.#suspect?.holdsSlot === true;
  }

  /** A caller that is done needs no slot to be notified of its calls. */
  #takeResumableSuspect(running: number): ReentrantCalls | undefined {
    const calls = this.#resumableSuspects.at(-1);
    if (calls === undefined || (running > 0 && !calls.caller.isDone)) return undefined;
    this.#suspect = calls.caller;
    return this.#resumableSuspects.pop();
  }

  #takeReady(running: number): Evaluation | undefined {
    const taken = this.ready.shift(running === 0);
    if (taken?.isSuspect === true) this.#suspect = taken;
    return taken;
  }
}
