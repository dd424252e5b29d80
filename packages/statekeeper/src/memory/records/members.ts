/**
 * The members of a pool, and samples of them: a search for the longest own queue asks a few members, never all of them.
 */
import type { Member } from "../../contract/contract.ts";

/** What is kept of a member. */
export interface MemberRecord {
  readonly id: string;
  readonly kind: Member["kind"];
  readonly description: Readonly<Record<string, unknown>>;
  readonly functions: ReadonlyMap<string, string>;
}

interface Place {
  record: MemberRecord;
  position: number;
}

export class Members {
  readonly #places = new Map<string, Place>();
  readonly #ids: string[] = [];
  #nextSampled = 0;

  get size(): number {
    return this.#ids.length;
  }

  has(id: string): boolean {
    return this.#places.has(id);
  }

  get(id: string): MemberRecord | undefined {
    return this.#places.get(id)?.record;
  }

  /** In no order that means anything. */
  ids(): readonly string[] {
    return this.#ids;
  }

  set(record: MemberRecord): void {
    const place = this.#places.get(record.id);
    if (place !== undefined) {
      place.record = record;
      return;
    }
    this.#places.set(record.id, { record, position: this.#ids.length });
    this.#ids.push(record.id);
  }

  delete(id: string): void {
    const place = this.#places.get(id);
    if (place === undefined) return;
    this.#places.delete(id);
    const last = this.#ids.pop();
    const lastPlace = last === undefined ? undefined : this.#places.get(last);
    if (last === undefined || lastPlace === undefined) return;
    this.#ids[place.position] = last;
    lastPlace.position = place.position;
  }

  /** All ids if there are no more than `size`; else that many, the next ones each time, so that a seed replays a run. */
  sample(size: number): readonly string[] {
    if (this.#ids.length <= size) return this.#ids;
    const sampled: string[] = [];
    for (let i = 0; i < size; i += 1) {
      const id = this.#ids[(this.#nextSampled + i) % this.#ids.length];
      if (id !== undefined) sampled.push(id);
    }
    this.#nextSampled = (this.#nextSampled + size) % this.#ids.length;
    return sampled;
  }
}
