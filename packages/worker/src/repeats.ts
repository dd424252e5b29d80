/**
 * Whether calls of a function are repeated. To remember a result costs about a third of what a small call costs (it outlives the
 * garbage collector's young generation), so as long as hardly any call is repeated, only one short one in sixteen is remembered. Half of those are a
 * sample: all whose keys have a certain hash. Look-ups in the sample find what they would find if everything were remembered, and so
 * they tell what share of calls is repeated, after SHARDS (Waldspurger and others, FAST 2015), which learns about caches in this way. The
 * other half is chosen by chance, so that what is asked for all the time is soon remembered.
 */

/** What took this long is worth remembering in any case, in ms: it is so rare among small calls that it costs nothing. */
const longMs = 0.1;
/** Keys of one hash in so many are the sample, and of all others one in so many is remembered. */
const parts = 32;
/** So many look-ups of the sample make a judgement. */
const lookUpsPerJudgement = 100;
/** Where this share of calls is repeated, all results are remembered. */
const repeatedShare = 0.1;
/** Keys mostly differ at their ends. If all are alike there, all of them are in the sample or none is, and then all are remembered. */
const hashedCharacters = 12;

export class Repeats {
  #lookUps = 0;
  #hits = 0;
  #isRare = false;
  #chance = 1;

  noteLookUp(key: string, isHit: boolean): void {
    if (!isInSample(key)) return;
    this.#lookUps += 1;
    if (isHit) this.#hits += 1;
    if (this.#lookUps < lookUpsPerJudgement) return;
    this.#isRare = this.#hits < repeatedShare * this.#lookUps;
    this.#lookUps = 0;
    this.#hits = 0;
  }

  /** Whether a result that took `tookMs` is to be remembered. */
  isWorthKeeping(key: string, tookMs: number): boolean {
    return !this.#isRare || tookMs >= longMs || isInSample(key) || this.#isByChance();
  }

  /** By a linear congruential generator (Numerical Recipes), so that a run can be replayed. */
  #isByChance(): boolean {
    this.#chance = (Math.imul(this.#chance, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#chance < 2 ** 32 / parts;
  }
}

/** By a hash of the end of the key. */
function isInSample(key: string): boolean {
  let hash = 0;
  for (let at = Math.max(0, key.length - hashedCharacters); at < key.length; at += 1)
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 16)) % parts === 0;
}
