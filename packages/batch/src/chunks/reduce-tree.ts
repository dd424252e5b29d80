/**
 * Reduces values as a tree: neighbours are reduced together, then their results, and so on. The order of the values is
 * kept, so the function has to be associative and need not be commutative. What is held is a few values on each level.
 */

import { isGridError, requestTreeOf } from "@callgrid/core";

/** Reduces a list of values, somewhere. */
export type Reduce = (values: readonly unknown[]) => Promise<unknown>;

const fanIn = 16;
// Reductions under way beyond this hold the next value back.
const mostUnderWay = 64;

export class ReduceTree {
  readonly #reduce: Reduce;
  /** Values that wait for neighbours, the leaves' level first. */
  readonly #levels: Array<Array<Promise<unknown>>> = [];
  readonly #underWay = new Set<Promise<unknown>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(reduce: Reduce) {
    this.#reduce = reduce;
  }

  /**
   * Takes the next value in order, one that has been reduced already; resolves when there is room for another. Rejects once a
   * reduction has failed.
   */
  async add(value: unknown): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#place(Promise.resolve(value), 0);
    while (this.#underWay.size > mostUnderWay) await Promise.race(this.#underWay);
  }

  /** The value of all; what the function makes of an empty list, if there were none. */
  async result(): Promise<unknown> {
    let rest: Array<Promise<unknown>> = [];
    for (const level of this.#levels) rest = [...level, ...(rest.length > 0 ? [this.#join(rest)] : [])];
    const [only] = rest;
    if (only === undefined) return this.#reduce([]);
    return rest.length === 1 ? only : this.#join(rest);
  }

  #place(value: Promise<unknown>, height: number): void {
    const level = this.#levels[height] ?? [];
    this.#levels[height] = level;
    level.push(value);
    if (level.length < fanIn) return;
    this.#levels[height] = [];
    this.#place(this.#join(level), height + 1);
  }

  #join(values: ReadonlyArray<Promise<unknown>>): Promise<unknown> {
    const joined = Promise.all(values).then((arrived) => this.#reduceAll(arrived));
    this.#underWay.add(joined);
    const forget = (): void => {
      this.#underWay.delete(joined);
    };
    joined.then(forget, (error: unknown) => {
      forget();
      this.#failure ??= { error };
    });
    return joined;
  }

  /** What is too large for one request is reduced in two parts first. */
  async #reduceAll(values: readonly unknown[]): Promise<unknown> {
    if (values.length === 1) return values[0];
    try {
      return await this.#reduce(values);
    } catch (error) {
      const isTooLarge = isGridError(error, "PAYLOAD_TOO_LARGE") && requestTreeOf(error) === undefined;
      if (!isTooLarge || values.length === 2) throw error;
      const middle = Math.ceil(values.length / 2);
      const parts = [values.slice(0, middle), values.slice(middle)];
      return this.#reduceAll(await Promise.all(parts.map((part) => this.#reduceAll(part))));
    }
  }
}
