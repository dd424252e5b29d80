/** A timer that waits to fire. */
export interface Timer {
  readonly dueMs: number;
  /** Distinguishes timers that are due together. */
  readonly order: number;
  readonly action: () => void;
  /** Its index in the heap, -1 once it has left. Only the heap writes it. */
  place: number;
}

/**
 * The timers of a virtual clock, in order of time and then of insertion: a binary heap in which every timer knows its place, so that a
 * timer is cancelled as cheaply as it is fired. Ten thousand simulated workers renew leases through here.
 */
export class TimerHeap {
  readonly #timers: Timer[] = [];

  get size(): number {
    return this.#timers.length;
  }

  /** The timer that is due first. */
  first(): Timer | undefined {
    return this.#timers[0];
  }

  add(timer: Timer): void {
    this.#timers.push(timer);
    this.#rise(timer, this.#timers.length - 1);
  }

  /** Takes a timer out; does nothing for one that has left. */
  remove(timer: Timer): void {
    if (timer.place < 0) return;
    const place = timer.place;
    timer.place = -1;
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    this.#sink(last, place);
    this.#rise(last, last.place);
  }

  #rise(timer: Timer, from: number): void {
    let place = from;
    while (place > 0) {
      const above = this.#timers[(place - 1) >> 1];
      if (above === undefined || !isBefore(timer, above)) break;
      const abovePlace = above.place;
      this.#put(above, place);
      place = abovePlace;
    }
    this.#put(timer, place);
  }

  #sink(timer: Timer, from: number): void {
    let place = from;
    for (let child = this.#earlierChild(place); child !== undefined; child = this.#earlierChild(place)) {
      if (!isBefore(child, timer)) break;
      const childPlace = child.place;
      this.#put(child, place);
      place = childPlace;
    }
    this.#put(timer, place);
  }

  #earlierChild(place: number): Timer | undefined {
    const left = this.#timers[2 * place + 1];
    const right = this.#timers[2 * place + 2];
    return left !== undefined && right !== undefined && isBefore(right, left) ? right : left;
  }

  #put(timer: Timer, place: number): void {
    this.#timers[place] = timer;
    timer.place = place;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order);
}
