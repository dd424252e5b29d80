/**
 * Reads the state of a pool regularly, and when a request would otherwise get an old answer. One look is under way at a
 * time, and a Redis that does not answer delays no request for long.
 */
import { Actor, type Clock, Periodic, within } from "@callgrid/core";
import type { ObservedPool, PoolState, Statekeeper } from "@callgrid/statekeeper";
import { membersAtWork } from "./readiness.ts";

const everyMs = 5_000;
const freshForMs = 1_000;
const patienceMs = 2_000;

/** What a {@link PoolWatch} talks to. */
export interface PoolWatchParts {
  readonly keeper: ObservedPool;
  readonly statekeeper: Pick<Statekeeper, "ping">;
  readonly clock: Clock;
  /** Called with the duration of each round trip, in ms. */
  readonly onRoundTrip: (ms: number) => void;
}

/** A look at the pool; without a state if Redis did not answer in time. */
export interface PoolSight {
  readonly state: PoolState | undefined;
  readonly at: number;
}

export class PoolWatch extends Actor {
  readonly #parts: PoolWatchParts;
  readonly #couldWorkAt = new Map<string, number>();
  #sight: PoolSight | undefined;
  #look: Promise<PoolSight> | undefined;
  readonly #looks: Periodic;

  constructor(parts: PoolWatchParts) {
    super();
    this.#parts = parts;
    this.#looks = new Periodic({ clock: parts.clock, everyMs, firstAfterMs: 0, round: () => this.fresh() });
  }

  /** When members were last seen at work or open to it, by id, in ms of the clock. */
  get couldWorkAt(): ReadonlyMap<string, number> {
    return this.#couldWorkAt;
  }

  protected override async begin(): Promise<void> {
    await this.#looks.start();
  }

  protected override async end(): Promise<void> {
    await this.#looks.stop();
  }

  /** A sight of the pool that is at most a second old. Never rejects. */
  async fresh(): Promise<PoolSight> {
    if (this.#sight !== undefined && this.#parts.clock.now() - this.#sight.at < freshForMs) return this.#sight;
    this.#look ??= this.#takeLook();
    return this.#look;
  }

  async #takeLook(): Promise<PoolSight> {
    // a refusal is as good as no answer here, and the statekeeper's own log says why
    const asking = this.#ask().catch(() => undefined);
    const state = await within(this.#parts.clock, patienceMs, asking);
    const at = this.#parts.clock.now();
    this.#sight = { state, at };
    this.#look = undefined;
    if (state !== undefined) this.#remember(state, at);
    return this.#sight;
  }

  async #ask(): Promise<PoolState> {
    const { statekeeper, keeper, onRoundTrip } = this.#parts;
    onRoundTrip(await statekeeper.ping());
    return keeper.inspect();
  }

  /** Members that are gone are forgotten, so that this does not grow with what came and went. */
  #remember(state: PoolState, at: number): void {
    const known = new Set(state.members.map(({ id }) => id));
    for (const id of this.#couldWorkAt.keys()) if (!known.has(id)) this.#couldWorkAt.delete(id);
    for (const id of membersAtWork(state)) this.#couldWorkAt.set(id, at);
  }
}
