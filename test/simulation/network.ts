/** How long messages take, and where they get lost: drawn again for each, in a manner that is the same for a whole run. */
import type { Random } from "./random.ts";

export interface NetworkManner {
  /** What most messages take. */
  readonly leastMs: number;
  readonly mostMs: number;
  /** How many take longer, and up to how long. */
  readonly slowShare: number;
  readonly slowestMs: number;
  /** How many inbox messages are delivered again later. */
  readonly repeatedShare: number;
  /** How many reads of an inbox find a message of another version there, too. */
  readonly strangeShare: number;
}

const id = "a".repeat(22);
const strangeTexts = [
  "",
  "hello 1",
  `2 outcome ${id} =1`,
  `outcome ${id}`,
  `run ${id} 1 w1 use`,
  "cancel 1",
  "\n",
] as const;

export class Network {
  readonly random: Random;
  readonly #manner: NetworkManner;
  #isFaulty = true;

  constructor(manner: NetworkManner, random: Random) {
    this.#manner = manner;
    this.random = random;
  }

  /** From now on it works as it should. */
  mend(): void {
    this.#isFaulty = false;
  }

  delayMs(): number {
    const { leastMs, mostMs, slowShare, slowestMs } = this.#manner;
    if (this.#isFaulty && this.random.chance(slowShare)) return this.random.between(mostMs, slowestMs);
    return this.random.between(leastMs, mostMs);
  }

  /** The text of a message that cannot be read, and that is delivered before the others; undefined: there is none. */
  strangeText(): string | undefined {
    if (!this.#isFaulty || !this.random.chance(this.#manner.strangeShare)) return undefined;
    return this.random.pick(strangeTexts);
  }

  /** After how long a message is delivered once more; undefined: not again. */
  repeatedAfterMs(): number | undefined {
    if (!this.#isFaulty || !this.random.chance(this.#manner.repeatedShare)) return undefined;
    return this.random.logarithmic(0.1, 2_000);
  }
}
