/**
 * Makes small calls visible that have waited in memory for too long, oldest first: those are the big ones near the root. What
 * has been passed over by a few others only is about to be evaluated here anyway: to share it would not be worth the round trip,
 * and others would evaluate what it has in common with those.
 */

import type { Clock } from "@callgrid/core";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { SelfTimes } from "../timing/run-times.ts";
import { isSmallCall } from "./call-placement.ts";

/** Calls that wait longer than this in memory become visible, in ms; with volunteers about, at once. */
const shareAfterMs = 2;
/** And so many younger ones have been taken before them. */
const shareAfterOthers = 100;
/** So many at a time: enough for others to find work, few enough not to pay a round trip for what is done here soon. */
const mostPerShare = 8;
/** Of calls that call nothing themselves more are shared, since nothing follows from them: so much work at a time, in ms. */
const leafWorkMs = 4;
/** What calls nothing and is shorter than this, in ms, is sooner done than shared. */
const leastLeafMs = 0.03;
/** While nobody takes what was shared, one call is shared so often, in ms: the reply tells of volunteers, and so does its outcome. */
const probeEveryMs = 8;

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
  /** The last call of the share before the latest, and of the latest. Others take the oldest first: both are out as long as the first is. */
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
    const bornBefore = hasVolunteers ? Number.POSITIVE_INFINITY : now - shareAfterMs;
    const isDue = (evaluation: Evaluation): boolean =>
      evaluation.bornAt < bornBefore &&
      (stack.youngerTaken(evaluation) >= shareAfterOthers || !this.#isSmall(evaluation));
    const most = this.#mostPerShare();
    const isEnoughOut = !hasVolunteers && this.#lastShared[0]?.state === "asked";
    if (isEnoughOut && now - this.#sharedAt < probeEveryMs) return;
    this.#sharedAt = now;
    this.#share(Math.min(isEnoughOut ? 1 : most, stack.length - 1), isDue);
  }

  /** All slots are taken, perhaps for long: what waits in memory must not wait for them unseen. */
  shareIfStuck(): void {
    if (this.#isTimerSet) return;
    const { clock, loop } = this.#parts;
    this.#isTimerSet = true;
    clock.background(shareAfterMs, () => {
      this.#isTimerSet = false;
      if (loop.queue.stack.isEmpty) return;
      if (loop.isStuck(shareAfterMs)) this.#share(mostPerShare, () => true);
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
    const most = mostPerShare + volunteers();
    const { oldest } = loop.queue.stack;
    const time = oldest === undefined ? undefined : selfTimes.get(oldest.functionName);
    if (time?.usualMs === undefined || time.hasCalls || time.usualMs < leastLeafMs) return most;
    return Math.max(most, Math.ceil(leafWorkMs / time.usualMs));
  }

  /** Of the functions in here only those are not that have turned out to be dear since. */
  #isSmall({ functionName }: Evaluation): boolean {
    const usualMs = this.#parts.selfTimes.get(functionName)?.usualMs;
    return usualMs === undefined || isSmallCall(usualMs);
  }
}
