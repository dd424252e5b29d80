/**
 * How far something is, on standard error, which leaves standard output to results. On a terminal a line that is
 * written over and over; elsewhere, such as in the log of a build, one line at the beginning.
 */

const redrawEveryMs = 50;
const toLineStart = "\r\u001b[2K";

export class ProgressLine {
  readonly #what: string;
  readonly #total: number;
  #drawnAtMs = Number.NEGATIVE_INFINITY;

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
    if (!process.stderr.isTTY) process.stderr.write(`${what}…\n`);
  }

  show(done: number): void {
    const nowMs = performance.now();
    if (!process.stderr.isTTY || nowMs - this.#drawnAtMs < redrawEveryMs) return;
    this.#drawnAtMs = nowMs;
    process.stderr.write(`${toLineStart}${this.#what}: ${done} of ${this.#total}`);
  }

  /** Leaves the line empty for what comes next. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write(toLineStart);
  }
}
