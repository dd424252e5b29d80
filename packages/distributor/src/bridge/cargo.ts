/** What a bridge has carried from one pool to another and not brought home yet: who it is asked of, and whether it has started there. */
import type { Claim, PendingCall } from "@callgrid/statekeeper";

/** A carried request. */
export interface Carried {
  readonly claim: Claim;
  /** Replaced when it is wanted for longer, or at a higher priority. */
  ask: PendingCall;
  readonly carriedAtMs: number;
  /** How many requests should be ahead of it once it is started. */
  readonly ahead: number;
}

export class Cargo {
  readonly #all = new Map<string, Carried>();
  /** In the order in which they were carried. */
  readonly #unstarted = new Map<string, Carried>();
  #ahead = 0;

  get ids(): readonly string[] {
    return [...this.#all.keys()];
  }

  get unstarted(): number {
    return this.#unstarted.size;
  }

  /** How many requests should be ahead of what is started. */
  get aheadOfStarted(): number {
    return this.#all.size === this.#unstarted.size ? 0 : Math.ceil(this.#ahead);
  }

  /** In the order in which they were carried. */
  get carried(): Iterable<Carried> {
    return this.#all.values();
  }

  has(id: string): boolean {
    return this.#all.has(id);
  }

  isUnstarted(id: string): boolean {
    return this.#unstarted.has(id);
  }

  get(id: string): Carried | undefined {
    return this.#all.get(id);
  }

  add(carried: Carried): void {
    const { id } = carried.claim;
    this.#all.set(id, carried);
    this.#unstarted.set(id, carried);
  }

  noteStarted(id: string): void {
    const carried = this.#unstarted.get(id);
    if (carried === undefined) return;
    this.#unstarted.delete(id);
    this.#ahead += carried.ahead;
  }

  /** Returns what was removed. */
  remove(id: string): Carried | undefined {
    const carried = this.#all.get(id);
    if (carried === undefined) return undefined;
    this.#all.delete(id);
    if (!this.#unstarted.delete(id)) this.#ahead -= carried.ahead;
    // sums of fractions drift
    if (this.#all.size === this.#unstarted.size) this.#ahead = 0;
    return carried;
  }

  /** Requests that were carried before this time and have not started. */
  unstartedSince(atMs: number): readonly Claim[] {
    const since: Claim[] = [];
    for (const { claim, carriedAtMs } of this.#unstarted.values()) {
      if (carriedAtMs > atMs) break;
      since.push(claim);
    }
    return since;
  }
}
