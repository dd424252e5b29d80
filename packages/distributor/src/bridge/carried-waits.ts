/**
 * What carried requests wait for in the pool that they were carried to, noted in the pool that they came from: so a circle of requests that
 * goes through both is found as one within a pool is (cycle-finder.ts of the worker).
 */
import type { Clock } from "@callgrid/core";
import type { PoolKeeper } from "@callgrid/statekeeper";
import type { Bank } from "./carrier.ts";

/** What has been carried for longer than this, in ms, may be part of a circle. Most requests are done by then, and are never looked at. */
const longMs = 1_500;
/** The longest time between two looks at the same request. */
const longestPauseMs = 10_000;
const mostPerLook = 50;
/**
 * How many requests one look follows, from the first look to later ones, each of which follows twice as many. Most circles are short; what
 * is in none is done some time, so that few are left to be followed.
 */
const fewestSteps = 4;
const mostSteps = 64;

/** A request that was carried. */
interface CarriedRequest {
  readonly claim: { readonly id: string };
  readonly carriedAtMs: number;
}

export class CarriedWaits {
  readonly #from: Bank;
  readonly #to: Bank;
  readonly #clock: Clock;
  readonly #looks = new WeakMap<
    CarriedRequest,
    { readonly nextAtMs: number; readonly hasTold: boolean; readonly steps: number }
  >();

  constructor(parts: { readonly from: Bank; readonly to: Bank; readonly clock: Clock }) {
    this.#from = parts.from;
    this.#to = parts.to;
    this.#clock = parts.clock;
  }

  /** One look at some of what was carried. Each is looked at again when it has been carried for twice as long. */
  async note(carried: Iterable<CarriedRequest>): Promise<void> {
    const told = await Promise.all(this.#due(carried).map((one) => this.#newsOf(one)));
    const news = told.filter((one) => one !== undefined);
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

  async #newsOf(one: CarriedRequest): Promise<{ id: string; waitsFor: readonly string[] } | undefined> {
    const { id } = one.claim;
    const { hasTold: hadTold = false, steps = fewestSteps } = this.#looks.get(one) ?? {};
    const waitsFor = await awaitedBy(this.#to.keeper, id, steps);
    const now = this.#clock.now();
    const nextAtMs = now + Math.min(now - one.carriedAtMs, longestPauseMs);
    this.#looks.set(one, { nextAtMs, hasTold: waitsFor.length > 0, steps: Math.min(2 * steps, mostSteps) });
    return waitsFor.length > 0 || hadTold ? { id, waitsFor } : undefined;
  }
}

/** What a request waits for, straight or through others of the pool, of which at most `steps` are followed. */
async function awaitedBy(keeper: PoolKeeper, id: string, steps: number): Promise<string[]> {
  const awaited = new Set<string>();
  const open = [id];
  for (let step = 0; step < steps; step += 1) {
    const next = open.shift();
    if (next === undefined) break;
    for (const below of (await keeper.inspectRequest(next))?.waitsFor ?? []) {
      if (awaited.has(below)) continue;
      awaited.add(below);
      open.push(below);
    }
  }
  return [...awaited];
}
