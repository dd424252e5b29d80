/**
 * Adds up what the workers of one supervisor measured, by the place that each has there: labels stay bounded however often a
 * worker is replaced, and what the dead ones counted stays counted, so that no counter ever falls.
 */
import { AggregatorRegistry, type MetricObject, type Registry } from "prom-client";

/** What prom-client's `getMetricsAsJSON` returns. */
export type Measures = readonly object[];

export class MeasureBook {
  readonly #current = new Map<number, Measures>();
  #ofTheGone: Measures = [];
  #closing: Promise<void> = Promise.resolve();

  /** The worker at this place has measured this so far. */
  note(place: number, measures: Measures): void {
    this.#current.set(place, measures);
  }

  /** The worker at this place is gone: its counters are kept, and nothing else of it. */
  close(place: number): void {
    const last = this.#current.get(place);
    this.#current.delete(place);
    if (last === undefined) return;
    this.#closing = this.#closing.then(async () => {
      this.#ofTheGone = await sum([this.#ofTheGone, last.filter(onlyGrows)]).getMetricsAsJSON();
    });
  }

  /** The sum of all. */
  async total(): Promise<Registry> {
    await this.#closing;
    return sum([this.#ofTheGone, ...this.#current.values()]);
  }
}

function sum(all: readonly Measures[]): Registry {
  return AggregatorRegistry.aggregate(all.map((measures) => [...measures]));
}

function onlyGrows(metric: object): boolean {
  const { type } = metric as MetricObject;
  // prom-client declares these as numbers and delivers them as words
  return ["counter", "histogram"].includes(String(type));
}
