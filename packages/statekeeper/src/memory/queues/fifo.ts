/**
 * First in, first out, on a ring of slots: every push and pop takes constant time, however much is in it. An array's `shift` moves
 * all the others, which long inboxes cannot afford.
 */
const fewestSlots = 8;

export class Fifo<T extends string | object> implements Iterable<T> {
  #slots: Array<T | undefined> = new Array<T | undefined>(fewestSlots);
  #head = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: T): void {
    if (this.#length === this.#slots.length) this.#resize(this.#slots.length * 2);
    this.#slots[this.#slot(this.#length)] = item;
    this.#length += 1;
  }

  pop(): T | undefined {
    if (this.#length === 0) return undefined;
    const item = this.#slots[this.#head];
    // a slot that kept its item would keep it from the garbage collector
    this.#slots[this.#head] = undefined;
    this.#head = this.#slot(1);
    this.#length -= 1;
    this.#shrink();
    return item;
  }

  /** The first one in first. */
  *[Symbol.iterator](): IterableIterator<T> {
    for (let i = 0; i < this.#length; i += 1) {
      const item = this.#slots[this.#slot(i)];
      if (item !== undefined) yield item;
    }
  }

  /** The slot of the item `offset` after the first one; the number of slots is a power of two. */
  #slot(offset: number): number {
    return (this.#head + offset) & (this.#slots.length - 1);
  }

  /** Only at a quarter, so that one at the border does not grow and shrink by turns. */
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
