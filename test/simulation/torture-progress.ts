/** Prints the progress of a torture on standard error. */
import type { SimulationResult } from "./simulation.ts";

const progressEveryMs = 2_000;

export class TortureProgress {
  readonly #total: number;
  readonly #startedAt = performance.now();
  #reportedAt = performance.now();
  #runs = 0;
  #operations = 0;
  #virtualMs = 0;

  constructor(total: number) {
    this.#total = total;
  }

  note({ operations, virtualMs }: SimulationResult, seed: number): void {
    this.#runs += 1;
    this.#operations += operations;
    this.#virtualMs += virtualMs;
    if (performance.now() - this.#reportedAt > progressEveryMs) this.report(seed);
  }

  report(seed?: number): void {
    this.#reportedAt = performance.now();
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const place = seed === undefined ? "no violation" : `seed ${seed}`;
    process.stderr.write(
      `${this.#runs} of ${this.#total} runs, ${place}: ${(this.#runs / seconds).toFixed(0)} runs a second, ` +
        `${(this.#virtualMs / 3_600_000).toFixed(1)} h of virtual time, ${this.#operations} operations\n`,
    );
  }
}
