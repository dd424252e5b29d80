/**
 * Whether calls of a function are repeated. To remember a result costs about a third of what a small call costs (it outlives the
 * garbage collector's young generation), so as long as hardly any call is repeated, of the short ones only a sample is
 * remembered, chosen by chance. What the sample finds shows when that changes.
 */

/** What took this long is worth remembering in any case, in ms: it is so rare among small calls that it costs nothing. */
const longMs = 0.5;
/** One in so many short ones is remembered while calls are hardly repeated. */
const sampleEvery = 64;
/** Where this share of look-ups finds something, or would if all results were remembered, calls are repeated. */
const repeatedShare = 0.1;
/** After so many look-ups in a sample it is judged anew. */
const lookUpsInSample = 4_000;
/** And after so many where all is remembered: long enough for what is repeated to have been remembered once. */
const lookUpsInAll = 10_000;

export class RepeatRate {
  #lookUps = 0;
  #hits = 0;
  #isRare = false;
  #chance = 1;

  noteLookUp(isHit: boolean): void {
    this.#lookUps += 1;
    if (isHit) this.#hits += 1;
    if (this.#lookUps < (this.#isRare ? lookUpsInSample : lookUpsInAll)) return;
    const found = this.#isRare ? this.#hits * sampleEvery : this.#hits;
    this.#isRare = found < repeatedShare * this.#lookUps;
    this.#lookUps = 0;
    this.#hits = 0;
  }

  /** Whether a result that took `tookMs` is to be remembered. */
  isWorthKeeping(tookMs: number): boolean {
    return !this.#isRare || tookMs >= longMs || this.#isInSample();
  }

  /** By a linear congruential generator (Numerical Recipes), so that a run can be replayed. */
  #isInSample(): boolean {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance < 2 ** 32 / sampleEvery;
  }
}
