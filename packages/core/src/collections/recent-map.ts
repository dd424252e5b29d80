/** A map of what was used last: beyond its bound, it drops what has not been used for the longest time. */
export class RecentMap<Key, Value> {
  readonly #most: number;
  /** The one used last at the end. */
  readonly #values = new Map<Key, Value>();

  /** @param most - how many entries it holds at most, 1 or more. */
  constructor(most: number) {
    this.#most = most;
  }

  get(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: Key, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) if (this.#values.size > this.#most) this.#values.delete(oldest);
  }
}
