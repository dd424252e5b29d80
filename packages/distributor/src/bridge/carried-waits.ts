/**
 * What carried requests wait for in the pool that they were carried to, noted in the pool that they came from: so a circle of requests that
 * goes through both is found as one within a pool is (cycle-finder.ts of the worker).
 */
import type { Clock } from "@callgrid/core";
import { awaitedBy, type Waits } from "@callgrid/statekeeper";
import type { Bank } from "./carrier.ts";

/** What has been carried for longer than this, in ms, may be part of a circle. Most requests are done by then, and are never looked at. */
const longMs = 1_500;
/** The longest time between two looks at the same request. */
const longestPauseMs = 10_000;
/** Few, so that a script follows some thousands of requests at most; the others are due at the next look. */
const mostPerLook = 8;
/** How many requests are followed from each of those looked at, all in one operation. */
const mostFollowed = 500;

/** A request that was carried. */
interface CarriedRequest {
  readonly claim: { readonly id: string };
  readonly carriedAtMs: number;
}

export class CarriedWaits {
  readonly #from: Bank;
  readonly #to: Bank;
  readonly #clock: Clock;
  readonly #looks = new WeakMap<CarriedRequest, { readonly nextAtMs: number; readonly hasTold: boolean }>();

  constructor(parts: { readonly from: Bank; readonly to: Bank; readonly clock: Clock }) {
    this.#from = parts.from;
    this.#to = parts.to;
    this.#clock = parts.clock;
  }

  /** One look at some of what was carried. Each is looked at again when it has been carried for twice as long. */
  async note(carried: Iterable<CarriedRequest>): Promise<void> {
    const due = this.#due(carried);
    if (due.length === 0) return;
    const waits = await this.#to.keeper.followWaits(
      due.map(({ claim }) => claim.id),
      mostFollowed * due.length,
    );
    const news = due.map((one) => this.#newsOf(one, waits)).filter((one) => one !== undefined);
    if (news.length > 0) await this.#from.keeper.mark(this.#from.process, news, []);
  }

  #due(carried: Iterable<CarriedRequest>): CarriedRequest[] {
    const now = this.#clock.now();
    const due: CarriedRequest[] = [];
    for (const one of carried) {
      if (now < (this.#looks.get(one)?.nextAtMs ?? one.carriedAtMs + longMs)) continue;
      due.push(one);
      if (due.length === mostPerLook) break;
    }
    return due;
  }

  #newsOf(one: CarriedRequest, waits: Waits): { id: string; waitsFor: readonly string[] } | undefined {
    const { id } = one.claim;
    const hadTold = this.#looks.get(one)?.hasTold === true;
    const waitsFor = awaitedBy(id, waits);
    const now = this.#clock.now();
    const nextAtMs = now + Math.min(now - one.carriedAtMs, longestPauseMs);
    this.#looks.set(one, { nextAtMs, hasTold: waitsFor.length > 0 });
    return waitsFor.length > 0 || hadTold ? { id, waitsFor } : undefined;
  }
}
