/**
 * What a worker holds of its pool, in memory that its heartbeat thread reads too. A request is open while it has not started here, or its
 * outcome is not handed in yet. The worker closes it before it starts it, and the thread revokes it before it gives it back: both change the same
 * word atomically, so that only one of them succeeds.
 */

/** How long to wait between two looks at a board, in ms: far longer than a worker runs without a turn for I/O, unless a function never yields. */
export const lookEveryMs = 250;

const changesAt = 0;
const takebacksAt = 1;
const claimingAt = 2;
const unlistedAt = 3;
const openedAt = 4;
const takingBackAt = 5;
const headWords = 6;
const wordBytes = Int32Array.BYTES_PER_ELEMENT;

/** Ids of requests have so many characters, all of them ASCII. */
const idBytes = 22;
const slots = 8_192;
/** So many slots are looked at for a free one. */
const mostLookedAt = 16;

/** A word is 0 for a free slot, else a number that no other use of the slot has soon, and one of these. */
const stateMask = 3;
const held = 1;
const open = 2;
const revoked = 3;
const longestTicket = 0x1fffffff;
const ticketShift = 2;

/** One request on the board, for as long as the worker holds it. */
export class Hold {
  readonly #board: HoldBoard;
  readonly #slot: number | undefined;

  /** @param slot - undefined where the board has no room: it is not given back then. */
  constructor(board: HoldBoard, slot: number | undefined) {
    this.#board = board;
    this.#slot = slot;
  }

  /** From now on others may have it. */
  open(): void {
    if (this.#slot !== undefined) this.#board.open(this.#slot);
  }

  /** Before it starts. `false`: it has been given back. */
  close(): boolean {
    return this.#slot === undefined || this.#board.close(this.#slot);
  }

  /** The worker holds it no longer. */
  end(): void {
    this.#board.free(this.#slot);
  }
}

export class HoldBoard {
  /** For the other thread's {@link HoldBoard}. */
  readonly memory: SharedArrayBuffer;
  readonly #head: Int32Array;
  readonly #words: Int32Array;
  readonly #ids: Buffer;
  #ticket = 0;
  #next = 0;

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer((headWords + slots) * wordBytes + slots * idBytes)) {
    this.memory = memory;
    this.#head = new Int32Array(memory, 0, headWords);
    this.#words = new Int32Array(memory, headWords * wordBytes, slots);
    this.#ids = Buffer.from(memory, (headWords + slots) * wordBytes, slots * idBytes);
  }

  /** Lists a request. */
  list(id: string): Hold {
    const slot = id.length === idBytes ? this.#freeSlot() : undefined;
    if (slot === undefined) {
      Atomics.add(this.#head, unlistedAt, 1);
      return new Hold(this, undefined);
    }
    this.#ids.write(id, slot * idBytes, "latin1");
    this.#ticket = this.#ticket === longestTicket ? 1 : this.#ticket + 1;
    Atomics.store(this.#words, slot, (this.#ticket << ticketShift) | held);
    return new Hold(this, slot);
  }

  open(slot: number): void {
    const word = Atomics.load(this.#words, slot);
    Atomics.store(this.#words, slot, (word & ~stateMask) | open);
    Atomics.add(this.#head, openedAt, 1);
    Atomics.add(this.#head, changesAt, 1);
  }

  close(slot: number): boolean {
    return this.#change(slot, held);
  }

  free(slot: number | undefined): void {
    if (slot === undefined) Atomics.sub(this.#head, unlistedAt, 1);
    else this.#change(slot, 0);
  }

  /** A claim is sent, or the worker is a volunteer: claims may come while nothing reads them. */
  beginClaim(): number {
    Atomics.store(this.#head, claimingAt, 1);
    Atomics.add(this.#head, changesAt, 1);
    return Atomics.load(this.#head, takebacksAt);
  }

  /** They are read. `false`: what they bring may have been given back since {@link beginClaim}, which returned `takebacks`. */
  endClaim(takebacks: number): boolean {
    Atomics.store(this.#head, claimingAt, 0);
    Atomics.add(this.#head, changesAt, 1);
    return !this.hasTakenBack(takebacks);
  }

  /** Whether anything may have been given back since {@link beginClaim} returned `takebacks`. */
  hasTakenBack(takebacks: number | undefined): boolean {
    return Atomics.load(this.#head, takebacksAt) !== takebacks;
  }

  /** The worker's event loop turns, though nothing has changed. */
  noteTurn(): void {
    Atomics.add(this.#head, changesAt, 1);
  }

  /** How often the worker's own thread has changed something that others could wait for, or has noted a turn. */
  get changes(): number {
    return Atomics.load(this.#head, changesAt);
  }

  /** Whether something that others could do waits for the worker, and its own thread has changed nothing since it was at `changes`. */
  seemsStuckSince(changes: number): boolean {
    return this.changes === changes && (this.hasOpen || this.isClaiming);
  }

  get hasOpen(): boolean {
    return Atomics.load(this.#head, openedAt) > 0;
  }

  get isClaiming(): boolean {
    return Atomics.load(this.#head, claimingAt) === 1;
  }

  /** Takes the open requests from the worker, and returns their ids. */
  revoke(): string[] {
    const ids: string[] = [];
    for (let slot = 0; slot < slots; slot += 1) {
      const word = Atomics.load(this.#words, slot);
      if ((word & stateMask) !== open) continue;
      // read before: as soon as it is revoked, the worker may use the slot for another one
      const id = this.#idAt(slot);
      const isRevoked = Atomics.compareExchange(this.#words, slot, word, (word & ~stateMask) | revoked) === word;
      if (isRevoked) ids.push(id);
    }
    return ids;
  }

  /** Unread replies hold claims that are about to be taken from the worker. */
  beginTakeback(): void {
    Atomics.store(this.#head, takingBackAt, 1);
    Atomics.add(this.#head, takebacksAt, 1);
  }

  /** The pool has carried it out, perhaps after claims that the worker has sent since: they count as taken back, too. */
  endTakeback(): void {
    Atomics.add(this.#head, takebacksAt, 1);
    Atomics.store(this.#head, takingBackAt, 0);
  }

  /** Whether the pool may still carry out a takeback, or has done so since {@link beginClaim} returned `takebacks`. */
  mayTakeBack(takebacks: number | undefined): boolean {
    return Atomics.load(this.#head, takingBackAt) === 1 || this.hasTakenBack(takebacks);
  }

  /** All that the worker holds, as far as it knows; undefined if the board has no room for all of it. */
  heldIds(): Set<string> | undefined {
    if (Atomics.load(this.#head, unlistedAt) > 0) return undefined;
    const ids = new Set<string>();
    for (let slot = 0; slot < slots; slot += 1) if (Atomics.load(this.#words, slot) !== 0) ids.add(this.#idAt(slot));
    return ids;
  }

  /** Returns whether it was not revoked before. */
  #change(slot: number, state: number): boolean {
    const word = Atomics.load(this.#words, slot);
    const next = state === 0 ? 0 : (word & ~stateMask) | state;
    const before = Atomics.exchange(this.#words, slot, next) & stateMask;
    if (before !== held) {
      Atomics.sub(this.#head, openedAt, 1);
      Atomics.add(this.#head, changesAt, 1);
    }
    return before !== revoked;
  }

  #freeSlot(): number | undefined {
    for (let looks = 0; looks < mostLookedAt; looks += 1) {
      const slot = this.#next;
      this.#next = (slot + 1) % slots;
      if (Atomics.load(this.#words, slot) === 0) return slot;
    }
    return undefined;
  }

  #idAt(slot: number): string {
    return this.#ids.toString("latin1", slot * idBytes, (slot + 1) * idBytes);
  }
}
