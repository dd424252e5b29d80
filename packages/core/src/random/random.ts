/**
 * Random numbers that depend on a seed text alone: equal seeds give equal numbers on every platform, with every Node. The generator
 * is xoshiro128**, and what is made of its numbers uses no operation whose result an engine may choose.
 */
import { GridError } from "../errors/errors.ts";
import { exactLog } from "./exact-log.ts";
import { stateOf, Xoshiro128, type XoshiroState } from "./xoshiro.ts";

const words = 2 ** 32;
const highWords = 2 ** 21;
const largestRange = 2 ** 53;

/** Random numbers that depend on a seed alone, on every platform and with every Node. @beta */
export class Random {
  readonly #generator: Xoshiro128;
  /** The polar method makes two normal numbers at a time. */
  #spareNormal: number | undefined;

  /** @param seed - any text, or the state of the generator. */
  constructor(seed: string | XoshiroState) {
    this.#generator = new Xoshiro128(typeof seed === "string" ? stateOf(seed) : seed);
  }

  /** A number from `min` (default 0) to below `max` (default 1), each equally likely; of 53 random bits. */
  uniform(min = 0, max = 1): number {
    return min + this.#fraction() * (max - min);
  }

  /**
   * A whole number from `min` to `max`, both included, each equally likely.
   *
   * @throws GridError `INVALID_OPTION` for bounds that are no whole numbers, or where `max` is below `min`.
   */
  integer(min: number, max: number): number {
    const count = max - min + 1;
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || count < 1 || count > largestRange)
      throw new GridError("INVALID_OPTION", `random.integer: expected whole numbers min <= max, got ${min} and ${max}`);
    return min + this.#below(count);
  }

  /** A number of the normal distribution with this mean (default 0) and standard deviation (default 1). */
  normal(mean = 0, deviation = 1): number {
    return mean + deviation * this.#standardNormal();
  }

  /** A copy of the list in random order, each equally likely. */
  shuffle<Member>(list: readonly Member[]): Member[] {
    const shuffled = [...list];
    for (let last = shuffled.length - 1; last > 0; last -= 1) {
      const other = this.#below(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other] as Member, shuffled[last] as Member];
    }
    return shuffled;
  }

  /**
   * One member of the list, each equally likely.
   *
   * @throws GridError `INVALID_OPTION` for an empty list.
   */
  choice<Member>(list: readonly Member[]): Member {
    if (list.length === 0) throw new GridError("INVALID_OPTION", "random.choice: the list is empty");
    return list[this.#below(list.length)] as Member;
  }

  /** From 0 to below 1, in steps of 2^-53. */
  #fraction(): number {
    return this.#bits53() / largestRange;
  }

  #bits53(): number {
    const high = this.#generator.next() >>> 11;
    return high * words + this.#generator.next();
  }

  /** From 0 to below `count`. What is beyond the last whole multiple of it is drawn again, so that no number is more likely. */
  #below(count: number): number {
    const [range, draw] =
      count <= words ? [words, () => this.#generator.next()] : [highWords * words, () => this.#bits53()];
    const limit = range - (range % count);
    for (;;) {
      const drawn = draw();
      if (drawn < limit) return drawn % count;
    }
  }

  /** The polar method of Marsaglia. */
  #standardNormal(): number {
    const spare = this.#spareNormal;
    this.#spareNormal = undefined;
    if (spare !== undefined) return spare;
    for (;;) {
      const [x, y] = [this.uniform(-1, 1), this.uniform(-1, 1)];
      const square = x * x + y * y;
      if (square === 0 || square >= 1) continue;
      const factor = Math.sqrt((-2 * exactLog(square)) / square);
      this.#spareNormal = y * factor;
      return x * factor;
    }
  }
}
