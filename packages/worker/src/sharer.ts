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
  readonly #share: (evaluation: Evaluation) => void;

  constructor(parts: { clock: Clock; stack: OwnStack; share: (evaluation: Evaluation) => void }) {
    this.#clock = parts.clock;
    this.#stack = parts.stack;
    this.#share = parts.share;
  }

  /** With volunteers about, the oldest leave at once. */
  share(volunteers: number): void {
    const bornBefore = volunteers > 0 ? Number.POSITIVE_INFINITY : this.#clock.now() - shareAfterMs;
    for (const evaluation of this.#stack.takeOldest(mostPerShare + volunteers, bornBefore)) this.#share(evaluation);
  }
}
