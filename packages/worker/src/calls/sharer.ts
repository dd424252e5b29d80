/**
 * Makes small calls visible that have waited in memory for too long, oldest first: those are the big ones near the root. What
 * has been passed over by a few others only is about to be evaluated here anyway: to share it would not be worth the round trip,
 * and others would evaluate what it has in common with those.
 */

import type { Clock } from "@callgrid/core";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { sharing } from "../timing/tuning.ts";
import { isSmallCall } from "./call-placement.ts";

/** What the sharer works with. */
export interface SharerParts {
  readonly clock: Clock;
  readonly loop: SlotLoop;
  readonly selfTimes: SelfTimes;
  readonly volunteers: () => number;
  readonly share: (evaluation: Evaluation) => void;
}

export class Sharer {
  readonly #parts: SharerParts;
  #isTimerSet = false;
  #sharedAt = 0;
  /** The last call of each of the two latest shares. Queues are FIFO: while the earlier share is queued, both are. */
  #lastShared: [Evaluation | undefined, Evaluation | undefined] = [undefined, undefined];

  constructor(parts: SharerParts) {
    this.#parts = parts;
  }

  /** Called while there is more to do here than one slice: something stays for this worker. */
  share(): void {
    const { clock, loop, volunteers } = this.#parts;
    const { stack } = loop.queue;
    const now = clock.now();
    const hasVolunteers = volunteers() > 0;
    const bornBefore = hasVolunteers ? Number.POSITIVE_INFINITY : now - sharing.afterMs;
    const isDue = (evaluation: Evaluation): boolean =>
      evaluation.bornAt < bornBefore &&
      (stack.youngerTaken(evaluation) >= sharing.afterOthers || !this.#isSmall(evaluation));
    const most = this.#mostPerShare();
    const isEnoughOut = !hasVolunteers && this.#lastShared[0]?.state === "asked";
    if (isEnoughOut && now - this.#sharedAt < sharing.probeEveryMs) return;
    this.#sharedAt = now;
    this.#share(Math.min(isEnoughOut ? 1 : most, stack.length - 1), isDue);
  }

  /** All slots are taken, perhaps for long: what waits in memory must not wait for them unseen. */
  shareIfStuck(): void {
    if (this.#isTimerSet) return;
    const { clock, loop } = this.#parts;
    this.#isTimerSet = true;
    clock.background(sharing.afterMs, () => {
      this.#isTimerSet = false;
      if (loop.queue.stack.isEmpty) return;
      if (loop.isStuck(sharing.afterMs)) this.#share(sharing.mostPerShare, () => true);
      if (loop.isFull) this.shareIfStuck();
    });
  }

  #share(count: number, isDue: (evaluation: Evaluation) => boolean): void {
    const taken = this.#parts.loop.queue.stack.takeOldest(count, isDue);
    for (const evaluation of taken) this.#parts.share(evaluation);
    if (taken.length > 0) this.#lastShared = [this.#lastShared[1], taken.at(-1)];
  }

  /** Judged by the oldest, since calls that wait together are mostly alike. */
  #mostPerShare(): number {
    const { loop, selfTimes, volunteers } = this.#parts;
    const most = sharing.mostPerShare + volunteers();
    const { oldest } = loop.queue.stack;
    const time = oldest === undefined ? undefined : selfTimes.get(oldest.functionName);
    if (time?.usualMs === undefined || time.hasCalls || time.usualMs < sharing.leastLeafMs) return most;
    return Math.max(most, Math.ceil(sharing.leafWorkMs / time.usualMs));
  }

  /** Of the functions in here only those are not that have turned out to be dear since. */
  #isSmall({ functionName }: Evaluation): boolean {
    const usualMs = this.#parts.selfTimes.get(functionName)?.usualMs;
    return usualMs === undefined || isSmallCall(usualMs);
  }
}
