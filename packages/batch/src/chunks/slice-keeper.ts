/**
 * Keeps the values of slices that take long as those of requests of their own, so that such a slice is evaluated once whatever chunk it
 * travels in. Before slices that are likely to take long, the chunk looks for what is kept; those that took long it has kept at once.
 */
import { type Definition, encodeValue, idOfRequest } from "@callgrid/core";
import type { KeptValuesOfFunction } from "@callgrid/worker";
import type { CallOutcome, RawOutcome } from "./call-outcome.ts";

/** A look-up takes a round trip and what is kept takes memory: far less than this. */
const longMs = 100;
/** What the longest slice counts for after each shorter one: some thirty slices after one of 1 s, none is expected to take long. */
const fading = 0.93;
/** How many are looked for at once at most. */
const mostAtOnce = 256;

/** How long slices of a function take at most lately, in ms; a function that is not in here was never measured. */
const longest = new WeakMap<Definition, number>();

export class SliceKeeper {
  readonly #definition: Definition;
  readonly #values: KeptValuesOfFunction;
  readonly #argumentsAt: (place: number) => readonly unknown[];
  readonly #found = new Map<number, CallOutcome>();
  #lookedAt = 0;
  #atOnce = 1;

  /** `argumentsAt` returns the arguments of a call as they came. */
  constructor(
    definition: Definition,
    values: KeptValuesOfFunction,
    argumentsAt: (place: number) => readonly unknown[],
  ) {
    this.#definition = definition;
    this.#values = values;
    this.#argumentsAt = argumentsAt;
  }

  /** Whether to look before the call at this place. */
  isDue(place: number): boolean {
    return place >= this.#lookedAt && (longest.get(this.#definition) ?? longMs) >= longMs;
  }

  /**
   * Looks for the values of some calls from this place on, of `count` in all; more at a time the more there are that take long. Resolves to how
   * long that took, in ms.
   */
  async look(place: number, count: number): Promise<number> {
    const started = performance.now();
    const end = Math.min(count, place + this.#atOnce);
    this.#atOnce = Math.min(mostAtOnce, this.#atOnce * 2);
    this.#lookedAt = end;
    const ids = new Map<number, string>();
    for (let at = place; at < end; at += 1) ids.set(at, this.#idAt(at));
    const kept = await this.#values.find([...ids.values()]);
    for (const [at, id] of ids) {
      const text = kept.get(id);
      if (text !== undefined) this.#found.set(at, { text });
    }
    return performance.now() - started;
  }

  /** What is kept of the call at this place, if it was found. */
  take(place: number): CallOutcome | undefined {
    const found = this.#found.get(place);
    this.#found.delete(place);
    return found;
  }

  /** A call took so long. */
  note(place: number, outcome: RawOutcome, tookMs: number): void {
    longest.set(this.#definition, Math.max(tookMs, fading * (longest.get(this.#definition) ?? 0)));
    if (tookMs < longMs || "error" in outcome || "thrown" in outcome) return;
    this.#values.keep(this.#idAt(place), "text" in outcome ? outcome.text : encodeValue(outcome.value));
  }

  #idAt(place: number): string {
    return idOfRequest([this.#definition.name, ...this.#argumentsAt(place)]);
  }
}
