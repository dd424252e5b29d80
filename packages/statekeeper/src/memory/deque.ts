/**
 * A queue with two ends on a ring of slots: every push and pop takes constant time, however long it is. An array's `shift`
 * moves all the others, which the queues of a large pool cannot afford.
 */
const fewestSlots = 8;

export class Deque<T extends string | object> implements Iterable<T> {
  #slots: Array<T | undefined> = new Array<T | undefined>(fewestSlots);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  pushTail(item: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#slots.length * 2);
    this.#slots[this.#slot(this.#length)] = item;
    this.#length += 1;
  }

  pushHead(item: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#slots.length * 2);
    this.#head = this.#slot(this.#slots.length - 1);
    this.#slots[this.#head] = item;
    this.#length += 1;
  }

  popHead(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#empty(this.#head);
    this.#head = this.#slot(1);
    this.#length -= 1;
    this.#shrink();
    return item;
  }

  popTail(): T | undefined {
    if (this.#length === 0) return undefined;
    this.#length -= 1;
    const item = this.#empty(this.#slot(this.#length));
    this.#shrink();
    return item;
  }

  /** From head to tail. */
  [Symbol.iterator](): IterableIterator<T> {
    return this.#items(0, this.#length);
  }

  /** At most `count` items from the head on, which stay. */
  first(count: number): T[] {
    return [...this.#items(0, Math.min(count, this.#length))];
  }

  /** At most `count` items before the tail, which stay, in the order of the queue. */
  last(count: number): T[] {
    return [...this.#items(Math.max(0, this.#length - count), this.#length)];
  }

  *#items(from: number, to: number): IterableIterator<T> {
    for (let i = from; i < to; i += 1) {
      const item = this.#slots[this.#slot(i)];
      if (item !== undefined) yield item;
    }
  }

  /** The slot of the item `offset` after the head; the number of slots is a power of two. */
  #slot(offset: number): number {
    return (this.#head + offset) & (this.#slots.length - 1);
  }

  /** A slot that kept its item would keep it from the garbage collector. */
  #empty(slot: number): T | undefined {
    const item = this.#slots[slot];
    this.#slots[slot] = undefined;
    return item;
  }

  /** Only at a quarter, so that a queue at the border does not grow and shrink by turns. */
  #shrink(): void {
    const slots = this.#slots.length;
    if (slots > fewestSlots && this.#length <= slots / 4) this.#resize(slots / 2);
  }

  #resize(slots: number): void {
    const resized = new Array<T | undefined>(slots);
    for (let i = 0; i < this.#length; i += 1) resized[i] = this.#slots[this.#slot(i)];
    this.#slots = resized;
    this.#head = 0;
  }
}
