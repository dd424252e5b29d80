/**
 * Keys by the time at which they lapse: leases and results. What has lapsed is found without looking at the rest.
 * A binary heap, the earliest on top, whose entries know their position, so that one can be moved or taken out.
 */
interface Entry {
  readonly key: string;
  at: number;
  position: number;
}

export class LapseHeap {
  readonly #entries = new Map<string, Entry>();
  readonly #heap: Entry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** When the key lapses, in ms of the clock. */
  lapsesAt(key: string): number | undefined {
    return this.#entries.get(key)?.at;
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  set(key: string, at: number): void {
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      entry = { key, at, position: this.#heap.length };
      this.#entries.set(key, entry);
      this.#heap.push(entry);
    }
    entry.at = at;
    this.#rise(entry);
    this.#sink(entry);
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    const last = this.#heap.at(-1);
    if (entry === undefined || last === undefined) return;
    this.#swap(entry, last);
    this.#heap.pop();
    this.#entries.delete(key);
    if (entry === last) return;
    this.#rise(last);
    this.#sink(last);
  }

  /** At most `limit` keys that lapse at `now` or before, the earliest first, and of equal ones the smaller key. */
  lapsed(now: number, limit: number): string[] {
    const found: Entry[] = [];
    for (let first = this.#heap[0]; first !== undefined && first.at <= now; first = this.#heap[0]) {
      if (found.length === limit) break;
      found.push(first);
      this.delete(first.key);
    }
    for (const { key, at } of found) this.set(key, at);
    return found.map(({ key }) => key);
  }

  #rise(entry: Entry): void {
    while (entry.position > 0) {
      const parent = this.#heap[(entry.position - 1) >> 1];
      if (parent === undefined || !lapsesBefore(entry, parent)) return;
      this.#swap(entry, parent);
    }
  }

  #sink(entry: Entry): void {
    for (let child = this.#earlierChild(entry); child !== undefined; child = this.#earlierChild(entry)) {
      if (!lapsesBefore(child, entry)) return;
      this.#swap(entry, child);
    }
  }

  #earlierChild(entry: Entry): Entry | undefined {
    const left = this.#heap[2 * entry.position + 1];
    const right = this.#heap[2 * entry.position + 2];
    return left !== undefined && right !== undefined && lapsesBefore(right, left) ? right : left;
  }

  #swap(one: Entry, other: Entry): void {
    const { position } = one;
    one.position = other.position;
    other.position = position;
    this.#heap[one.position] = one;
    this.#heap[other.position] = other;
  }
}

function lapsesBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.key < other.key);
}
