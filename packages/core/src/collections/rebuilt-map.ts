/**
 * A map for what comes and goes all the time. When a `Map` outgrows its table, or has too much deleted in it, V8 makes another, and
 * leaves a reference to it in the one before, for iterators (`OrderedHashTable::Rehash`). So once a single table has come into the old
 * generation, all that follow it, and all that was ever in them, look alive to the garbage collector of the young one: it copies them, and
 * moves them over as well, until the whole heap is collected. This map goes on in a new `Map` now and then, to which nothing refers.
 */

/** After so many deletions, and this many times as many as there are entries: copying those is a small part of what they cost. */
const leastDeletions = 1_000;
const deletionsPerEntry = 4;

/** As `Map`, but what is deleted while it is iterated over may come nevertheless, and what is added may not. */
export class RebuiltMap<Key, Value> {
  #map = new Map<Key, Value>();
  #deletions = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  set(key: Key, value: Value): void {
    this.#map.set(key, value);
  }

  /** Returns whether it was there. */
  delete(key: Key): boolean {
    const wasThere = this.#map.delete(key);
    if (wasThere) this.#noteDeletion();
    return wasThere;
  }

  clear(): void {
    this.#map = new Map();
    this.#deletions = 0;
  }

  /** The keys, in the order in which they were set first. */
  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }

  /** The values, in the order in which their keys were set first. */
  values(): IterableIterator<Value> {
    return this.#map.values();
  }

  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.#map.entries();
  }

  #noteDeletion(): void {
    this.#deletions += 1;
    if (this.#deletions < leastDeletions || this.#deletions < deletionsPerEntry * this.#map.size) return;
    this.#map = new Map(this.#map);
    this.#deletions = 0;
  }
}
