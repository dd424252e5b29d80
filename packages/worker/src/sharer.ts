/**
 * Makes small calls visible that have waited in memory for too long, oldest first: those are the big ones near the root.
 */
import type { Clock } from "@callgrid/core";
import type { Evaluation } from "./evaluation.ts";
import type { OwnStack } from "./own-stack.ts";

/** Calls that wait longer than this in memory become visible, in ms. */
const shareAfterMs = 2;
/** So many at a time: enough for others to find work, few enough not to pay a round trip for what is done here soon. */
const mostPerShare = 8;

export class Sharer {
  readonly #clock: Clock;
  readonly #stack: OwnStack;
  readonly #volunteers: () => number;
  readonly #share: (evaluation: Evaluation) => void;
  #sharedAt = Number.NEGATIVE_INFINITY;
  #isTimerSet = false;

  constructor(parts: {
    clock: Clock;
    stack: OwnStack;
    volunteers: () => number;
    share: (evaluation: Evaluation) => void;
  }) {
    this.#clock = parts.clock;
    this.#stack = parts.stack;
    this.#volunteers = parts.volunteers;
    this.#share = parts.share;
  }

  /** With volunteers about, the oldest leave at once. */
  share(): void {
    const now = this.#clock.now();
    if (now - this.#sharedAt < shareAfterMs) return;
    this.#sharedAt = now;
    const volunteers = this.#volunteers();
    const bornBefore = volunteers > 0 ? Number.POSITIVE_INFINITY : now - shareAfterMs;
    for (const evaluation of this.#stack.takeOldest(mostPerShare + volunteers, bornBefore)) this.#share(evaluation);
  }

  /** All slots are taken, perhaps for long: what waits in memory must not wait for them unseen. */
  shareSoon(): void {
    if (this.#isTimerSet) return;
    this.#isTimerSet = true;
    this.#clock.background(shareAfterMs, () => {
      this.#isTimerSet = false;
      if (this.#stack.isEmpty) return;
      this.share();
      if (!this.#stack.isEmpty) this.shareSoon();
    });
  }
}
