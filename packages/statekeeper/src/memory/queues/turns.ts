/**
 * Who is next: names in the order of their turns, and of the names where turns are equal. As Redis keeps a sorted set.
 */

/** One of those in line. */
export interface Turn {
  readonly name: string;
  readonly turn: number;
}

export class Turns {
  readonly #order: Turn[] = [];
  readonly #turns = new Map<string, number>();

  get size(): number {
    return this.#order.length;
  }

  has(name: string): boolean {
    return this.#turns.has(name);
  }

  /** At most `most`, the next one first. */
  first(most: number): Turn[] {
    return this.#order.slice(0, most);
  }

  /** The first one whose turn is this or later. */
  firstFrom(turn: number): Turn | undefined {
    return this.#order[this.#placeOf({ name: "", turn })];
  }

  /** At most `most` from the place `start` on. */
  from(start: number, most: number): Turn[] {
    return this.#order.slice(start, start + most);
  }

  /** At most `most`, the last one first. */
  last(most: number): Turn[] {
    return this.#order.slice(-most).reverse();
  }

  set(name: string, turn: number): void {
    this.delete(name);
    this.#order.splice(this.#placeOf({ name, turn }), 0, { name, turn });
    this.#turns.set(name, turn);
  }

  delete(name: string): void {
    const turn = this.#turns.get(name);
    if (turn === undefined) return;
    this.#order.splice(this.#placeOf({ name, turn }), 1);
    this.#turns.delete(name);
  }

  /** Where it is, or would be. */
  #placeOf(one: Turn): number {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#order[middle];
      if (other !== undefined && isBefore(other, one)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isBefore(one: Turn, other: Turn): boolean {
  return one.turn === other.turn ? one.name < other.name : one.turn < other.turn;
}
