/** How fast the members of a pool start requests, by its counter of claims: measured over a while, since it is looked at unevenly. */
const measuredOverMs = 200;
/** To carry a request to another pool takes about so long. */
const crossingMs = 10;

export class StartRate {
  #claimed = 0;
  #atMs = Number.NEGATIVE_INFINITY;
  #perMs = 0;

  /** Whether more than one request is started in the time that it takes to carry one elsewhere. */
  isFast(claimed: number, nowMs: number): boolean {
    if (nowMs - this.#atMs >= measuredOverMs) {
      this.#perMs = Math.max(0, claimed - this.#claimed) / (nowMs - this.#atMs);
      this.#claimed = claimed;
      this.#atMs = nowMs;
    }
    return this.#perMs * crossingMs > 1;
  }
}
