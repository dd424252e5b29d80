/**
 * Makes small calls visible where workers are idle, oldest first: those are the big ones near the root. The number of idle
 * workers comes with each reply; while it is zero, one call that has waited for some ms is shared now and then, so that a reply comes.
 */

import type { Clock } from "@callgrid/core";
import type { Evaluation } from "../evaluation/evaluation.ts";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import { sharing } from "../timing/tuning.ts";

/** What the sharer works with. */
export interface SharerParts {
  readonly clock: Clock;
  readonly loop: SlotLoop;
  readonly volunteers: () => number;
  readonly share: (evaluation: Evaluation) => void;
}

export class Sharer {
  readonly #parts: SharerParts;
  #isTimerSet = false;
  #sharedAt = 0;

  constructor(parts: SharerParts) {
    this.#parts = parts;
  }

  /** Called while there is more to do here than one slice: something stays for this worker. */
  share(): void {
    const { clock, loop, volunteers } = this.#parts;
    const now = clock.now();
    const idle = volunteers();
    const { length, oldest } = loop.queue.stack;
    // what is done in less time needs no other worker, and would wait for the one call that is shared
    const since = Math.max(this.#sharedAt, oldest?.bornAt ?? now);
    if (idle === 0 && now - since < sharing.probeEveryMs) return;
    const half = Math.floor(length / 2);
    this.#share(idle === 0 ? Math.min(1, half) : Math.min(half, idle * sharing.mostPerShare));
  }

  /** All slots are taken, perhaps for long: what waits in memory must not wait for them unseen. */
  shareIfStuck(): void {
    if (this.#isTimerSet) return;
    const { clock, loop } = this.#parts;
    this.#isTimerSet = true;
    clock.background(sharing.afterMs, () => {
      this.#isTimerSet = false;
      if (loop.queue.stack.isEmpty) return;
      if (loop.isStuck(sharing.afterMs)) this.#share(sharing.mostPerShare);
      if (loop.isFull) this.shareIfStuck();
    });
  }

  #share(count: number): void {
    const { clock, loop, share } = this.#parts;
    const taken = loop.queue.stack.takeOldest(count);
    if (taken.length > 0) this.#sharedAt = clock.now();
    for (const evaluation of taken) share(evaluation);
  }
}
