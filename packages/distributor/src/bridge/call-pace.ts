/** How soon a bridge answers calls to look at a pool: a few at once, and when they keep coming a hundred a second at most. */
const mostAtOnce = 8;
const everyMs = 10;

export class CallPace {
  #left = mostAtOnce;
  #countedAtMs = Number.NEGATIVE_INFINITY;

  /** Takes one answer, and returns after how many ms it may be given. */
  take(nowMs: number): number {
    const refilled = Math.floor(Math.min(mostAtOnce, (nowMs - this.#countedAtMs) / everyMs));
    if (refilled > 0) {
      this.#left = Math.min(mostAtOnce, this.#left + refilled);
      this.#countedAtMs = nowMs;
    }
    if (this.#left === 0) return everyMs - (nowMs - this.#countedAtMs);
    this.#left -= 1;
    return 0;
  }
}
