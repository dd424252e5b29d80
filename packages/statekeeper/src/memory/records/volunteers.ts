/**
 * The volunteers of a pool in the order in which they came: the one that has been idle longest is served first.
 * A linked list, since volunteers stand down from anywhere in it.
 */
import type { CarryFrom } from "../../contract/contract.ts";
import type { Candidate } from "../../contract/volunteer-order.ts";

/** A volunteer is given what comes, and leaves nothing of it. */
type VolunteerCarry = Exclude<CarryFrom, "half" | "shown">;

/** What a volunteer can be given, and what speaks for it. */
export interface Volunteer extends Candidate {
  readonly worker: string;
  /** How many requests it asks for. */
  readonly want: number;
  /** The epoch of the function table that its skips were made from. */
  readonly epoch: number;
  /** Names of functions it must not be given; absent: it takes any. */
  readonly skips: ReadonlySet<string> | undefined;
  /** Of a bridge: what it is given, see {@link CarryFrom}. */
  readonly carry: VolunteerCarry | undefined;
}

interface Place {
  readonly volunteer: Volunteer;
  before: Place | undefined;
  after: Place | undefined;
}

export class Volunteers implements Iterable<Volunteer> {
  readonly #places = new Map<string, Place>();
  #first: Place | undefined;
  #last: Place | undefined;

  get size(): number {
    return this.#places.size;
  }

  has(worker: string): boolean {
    return this.#places.has(worker);
  }

  get(worker: string): Volunteer | undefined {
    return this.#places.get(worker)?.volunteer;
  }

  /** Takes a volunteer in, behind all others. */
  add(volunteer: Volunteer): void {
    this.standDown(volunteer.worker);
    const place: Place = { volunteer, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.after = place;
    this.#last = place;
    this.#places.set(volunteer.worker, place);
  }

  standDown(worker: string): void {
    const place = this.#places.get(worker);
    if (place === undefined) return;
    this.#places.delete(worker);
    if (place.before === undefined) this.#first = place.after;
    else place.before.after = place.after;
    if (place.after === undefined) this.#last = place.before;
    else place.after.before = place.before;
  }

  /** The `limit` that came first. */
  first(limit: number): Volunteer[] {
    const found: Volunteer[] = [];
    for (const volunteer of this) {
      if (found.length === limit) break;
      found.push(volunteer);
    }
    return found;
  }

  *[Symbol.iterator](): IterableIterator<Volunteer> {
    for (let place = this.#first; place !== undefined; place = place.after) yield place.volunteer;
  }
}
