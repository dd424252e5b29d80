/**
 * Whether calls of a function are repeated. To remember a result costs about a third of what a small call costs (it outlives the
 * garbage collector's young generation), so as long as hardly any call is repeated, of the short ones only a sample is
 * remembered, chosen by chance. What the sample finds shows when that changes.
 */
import { remembering } from "../timing/tuning.ts";

export class RepeatRate {
  #lookUps = 0;
  #hits = 0;
  #isRare = false;
  #chance = 1;

  noteLookUp(isHit: boolean): void {
    this.#lookUps += 1;
    if (isHit) this.#hits += 1;
    if (this.#lookUps < (this.#isRare ? remembering.lookUpsInSample : remembering.lookUpsInAll)) return;
    const found = this.#isRare ? this.#hits * remembering.sampleEvery : this.#hits;
    this.#isRare = found < remembering.repeatedShare * this.#lookUps;
    this.#lookUps = 0;
    this.#hits = 0;
  }

  /** Whether a result that took `tookMs` is to be remembered. */
  isWorthKeeping(tookMs: number): boolean {
    return !this.#isRare || tookMs >= remembering.longMs || this.#isInSample();
  }

  /** By a linear congruential generator (Numerical Recipes), so that a run can be replayed. */
  #isInSample(): boolean {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance < 2 ** 32 / remembering.sampleEvery;
  }
}
