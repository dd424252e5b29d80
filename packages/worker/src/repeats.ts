/**
 * Whether calls of a function are repeated. To remember a result costs about a third of what a small call costs (it outlives the
 * garbage collector's young generation), so as long as hardly any call is repeated, of the short ones only a sample is
 * remembered. The sample shows when that changes.
 */

/** What took this long is worth remembering in any case, in ms: it is so rare among small calls that it costs nothing. */
const longMs = 0.1;
/** One in so many short ones is remembered while calls are hardly repeated. */
const sampleEvery = 16;
/** After so many look-ups it is judged anew. */
const lookUpsPerJudgement = 1_000;
/** Repeated is a function of which this share of calls was answered, or would have been if all results were remembered. */
const repeatedShare = 0.1;

export class Repeats {
  #lookUps = 0;
  #hits = 0;
  #isRare = false;
  #sinceSample = 0;

  noteLookUp(isHit: boolean): void {
    this.#lookUps += 1;
    if (isHit) this.#hits += 1;
    if (this.#lookUps < lookUpsPerJudgement) return;
    const found = this.#isRare ? this.#hits * sampleEvery : this.#hits;
    this.#isRare = found < repeatedShare * this.#lookUps;
    this.#lookUps = 0;
    this.#hits = 0;
  }

  /** Whether a result that took `tookMs` is to be remembered. */
  isWorthKeeping(tookMs: number): boolean {
    if (!this.#isRare || tookMs >= longMs) return true;
    this.#sinceSample += 1;
    if (this.#sinceSample < sampleEvery) return false;
    this.#sinceSample = 0;
    return true;
  }
}
