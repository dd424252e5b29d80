/** What a worker reports of its memory: only what has changed, since each report costs Redis two commands. */

/** A smaller change than this part is not worth a report. */
const leastChange = 0.05;
/** The pool may have forgotten it: it is reported again after so many renewals. */
const mostUnreported = 10;

export class ReportedMemory {
  #reportedMb = 0;
  #unreported = mostUnreported;

  /** What to report with this renewal of the lease, in MB; undefined: nothing. */
  next(memoryMb: number): number | undefined {
    this.#unreported += 1;
    const change = Math.abs(memoryMb - this.#reportedMb);
    if (this.#unreported <= mostUnreported && change < this.#reportedMb * leastChange) return undefined;
    this.#unreported = 0;
    this.#reportedMb = memoryMb;
    return memoryMb;
  }

  /** The pool took the worker out, and with it what it knew. */
  forget(): void {
    this.#unreported = mostUnreported;
  }
}
