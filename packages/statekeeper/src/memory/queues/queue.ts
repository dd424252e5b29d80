/**
 * A queue of ids, each of which is there once, in the order in which they came. Every step takes the same time, however long the
 * queue is, and an id can be taken out of its middle. Bookmarks in it say how far those have looked who pass requests over.
 * (scripts/lib/places.lua, passed.lua)
 */
import { RebuiltMap } from "@callgrid/core";

/** One that has no id is a bookmark, or the ring's own, which is before the head and after the tail. */
interface Link {
  readonly id: string | undefined;
  before: Link;
  after: Link;
}

/** For how long bookmarks are kept, in ms: what was passed over is looked at again then. */
const bookmarksLastMs = 60_000;

export class Queue implements Iterable<string> {
  readonly #ring: Link = makeRing();
  readonly #links = new RebuiltMap<string, Link>();
  #bookmarks = new Map<string, Link>();
  #bookmarksEndMs = 0;

  get length(): number {
    return this.#links.size;
  }

  has(id: string): boolean {
    return this.#links.has(id);
  }

  /** Returns whether it was not there yet; one that was stays where it is. */
  pushTail(id: string): boolean {
    return this.#push(id, this.#ring.before);
  }

  /** As {@link pushTail}. Those who passed others over have not looked at this one: it is before their bookmarks. */
  pushHead(id: string): boolean {
    this.forgetPassed();
    return this.#push(id, this.#ring);
  }

  /** Returns whether it was there. */
  delete(id: string): boolean {
    const link = this.#links.get(id);
    if (link === undefined) return false;
    unlink(link);
    return this.#links.delete(id);
  }

  /** From head to tail. */
  *[Symbol.iterator](): IterableIterator<string> {
    yield* this.#after(this.#ring);
  }

  /** From tail to head. */
  *fromTail(): IterableIterator<string> {
    for (let link = this.#ring.before; link !== this.#ring; link = link.before)
      if (link.id !== undefined) yield link.id;
  }

  /** From behind what those of this kind have passed over to the tail. */
  *notPassed(kind: string, nowMs: number): IterableIterator<string> {
    if (nowMs > this.#bookmarksEndMs) this.forgetPassed();
    yield* this.#after(this.#bookmarks.get(kind) ?? this.#ring);
  }

  /** Those of this kind have looked at everything up to this id, and left it. */
  pass(kind: string, id: string, nowMs: number): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    if (this.#bookmarks.size === 0) this.#bookmarksEndMs = nowMs + bookmarksLastMs;
    const former = this.#bookmarks.get(kind);
    if (former !== undefined) unlink(former);
    this.#bookmarks.set(kind, insertAfter(link, undefined));
  }

  /** Another worker may be able to take what was passed over. */
  forgetPassed(): void {
    for (const bookmark of this.#bookmarks.values()) unlink(bookmark);
    this.#bookmarks = new Map();
  }

  /** How many ids those of each kind have passed over. */
  *passed(): IterableIterator<[string, number]> {
    for (const [kind, bookmark] of this.#bookmarks) {
      let count = 0;
      for (let link = bookmark.before; link !== this.#ring; link = link.before) if (link.id !== undefined) count += 1;
      yield [kind, count];
    }
  }

  /** At most `count` ids from the head on. */
  first(count: number): string[] {
    return someOf(this, count);
  }

  /** At most `count` ids before the tail, in the order of the queue. */
  last(count: number): string[] {
    return someOf(this.fromTail(), count).reverse();
  }

  #push(id: string, before: Link): boolean {
    if (this.#links.has(id)) return false;
    this.#links.set(id, insertAfter(before, id));
    return true;
  }

  *#after(start: Link): IterableIterator<string> {
    for (let link = start.after; link !== this.#ring; link = link.after) if (link.id !== undefined) yield link.id;
  }
}

/** At most `count` of the items, in their order. */
function someOf<Item>(items: Iterable<Item>, count: number): Item[] {
  const some: Item[] = [];
  if (count <= 0) return some;
  for (const item of items) {
    some.push(item);
    if (some.length === count) break;
  }
  return some;
}

function makeRing(): Link {
  const ring = { id: undefined } as { id: undefined; before: Link; after: Link };
  ring.before = ring;
  ring.after = ring;
  return ring;
}

function insertAfter(before: Link, id: string | undefined): Link {
  const link: Link = { id, before, after: before.after };
  before.after.before = link;
  before.after = link;
  return link;
}

function unlink({ before, after }: Link): void {
  before.after = after;
  after.before = before;
}
