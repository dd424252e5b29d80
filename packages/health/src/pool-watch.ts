/**
 * Looks at a pool now and then, and whenever somebody asks who would get an old answer otherwise. One look is under way at a
 * time, and a Redis that does not answer makes nobody wait for long.
 */
import type { CancelTimer, Clock } from "@callgrid/core";
import type { PoolKeeper, PoolState, Statekeeper } from "@callgrid/statekeeper";
import { membersAtWork } from "./readiness.ts";

const everyMs = 5_000;
const freshForMs = 1_000;
const patienceMs = 2_000;

/** What a {@link PoolWatch} talks to. */
export interface PoolWatchParts {
  readonly keeper: PoolKeeper;
  readonly statekeeper: Pick<Statekeeper, "ping">;
  readonly clock: Clock;
  /** Told each round trip, in ms. */
  readonly onRoundTrip: (ms: number) => void;
}

/** A look at the pool; without a state if Redis did not answer in time. */
export interface PoolSight {
  readonly state: PoolState | undefined;
  readonly at: number;
}

export class PoolWatch {
  readonly #parts: PoolWatchParts;
  readonly #couldWorkAt = new Map<string, number>();
  #sight: PoolSight | undefined;
  #look: Promise<PoolSight> | undefined;
  #cancelNext: CancelTimer | undefined;
  #isStopped = false;

  constructor(parts: PoolWatchParts) {
    this.#parts = parts;
  }

  /** When members were last seen at work or open to it, by id, in ms of the clock. */
  get couldWorkAt(): ReadonlyMap<string, number> {
    return this.#couldWorkAt;
  }

  start(): void {
    void this.fresh();
    this.#cancelNext = this.#parts.clock.background(everyMs, () => {
      if (!this.#isStopped) this.start();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelNext?.();
  }

  /** A sight of the pool that is at most a second old. Never rejects. */
  async fresh(): Promise<PoolSight> {
    if (this.#sight !== undefined && this.#parts.clock.now() - this.#sight.at < freshForMs) return this.#sight;
    this.#look ??= this.#takeLook();
    return this.#look;
  }

  async #takeLook(): Promise<PoolSight> {
    const state = await this.#withinPatience(this.#ask());
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

  async #withinPatience(asking: Promise<PoolState>): Promise<PoolState | undefined> {
    let cancel: CancelTimer = () => undefined;
    const patience = new Promise<undefined>((resolve) => {
      cancel = this.#parts.clock.background(patienceMs, () => resolve(undefined));
    });
    // a refusal is as good as no answer here, and the statekeeper's own log says why
    const answer = await Promise.race([asking.catch(() => undefined), patience]);
    cancel();
    return answer;
  }
}
