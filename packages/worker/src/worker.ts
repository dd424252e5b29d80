/**
 * One worker: joins its pool, gets work, evaluates it, and hands outcomes in. Its parts do that (worker-parts.ts); here it begins and ends.
 */
import { Actor, type GridError, randomId, within } from "@callgrid/core";
import type { WorkerVitals } from "@callgrid/health";
import type { InboxListener } from "@callgrid/statekeeper";
import type { WorkerParts } from "./worker-basis.ts";
import { WorkerAssembly } from "./worker-parts.ts";
import { type WorkerState, workerState } from "./worker-state.ts";

/** A statekeeper that does not answer must not keep a worker from ending, in ms; its lease cleans up after it. */
const leaveGraceMs = 5_000;

const idCharacters = 11;

export class Worker extends Actor {
  readonly id: string;
  readonly #given: WorkerParts;
  readonly #own: WorkerAssembly;
  #inbox: InboxListener | undefined;

  constructor(given: WorkerParts) {
    super();
    this.id = given.id;
    this.#given = given;
    this.#own = new WorkerAssembly(given);
  }

  /** What it has in hand now. */
  inspect(): WorkerState {
    const { evaluator, inFlight, visible } = this.#own;
    return workerState(evaluator.loop, [...inFlight.values(), ...visible.values()]);
  }

  /** What it has counted since its start, and holds now. */
  get vitals(): WorkerVitals {
    const { evaluator, inFlight, recent, selfTimes, claimDesk } = this.#own;
    let suspended = 0;
    for (const { state } of inFlight.values()) if (state === "suspended") suspended += 1;
    return {
      running: evaluator.loop.slots.taken,
      suspended,
      claimed: claimDesk.claimed,
      memoryHits: recent.hits,
      memoryMisses: recent.misses,
      functions: selfTimes.counts(),
    };
  }

  protected override async begin(): Promise<void> {
    const { membership, requester, heartbeat, maintenance, inboxRouter, exchange, log } = this.#own;
    await membership.join(heartbeat.startUpMs);
    log.info("joined the pool");
    this.#inbox = this.#given.keeper.listen(this.id, inboxRouter);
    // not waited for: the first lease lasts until it beats
    void this.#beginBeating();
    await Promise.all([requester.start(), maintenance.start()]);
    exchange.schedule();
  }

  async #beginBeating(): Promise<void> {
    const { membership, heartbeat, log } = this.#own;
    try {
      await heartbeat.start();
      membership.endFirstLease();
    } catch (error) {
      log.error({ err: error }, "worker ended: it cannot renew its lease");
      this.#given.onEnd?.(error as GridError);
    }
  }

  /**
   * Stops cleanly: claims no more, gives back what has not started or waits for others, finishes what runs for at most
   * `timeoutMs`, and leaves the pool. {@link Worker.stop} cuts it short.
   */
  async drain(timeoutMs: number): Promise<void> {
    const { claimer, membership, drain } = this.#own;
    membership.stop();
    drain.begin();
    // not waited for: it may be that the statekeeper does not answer
    void claimer.stop();
    await drain.idleWithin(timeoutMs);
    await this.stop();
  }

  /** What runs is given up, and goes back to the pool. */
  protected override async end(): Promise<void> {
    const { membership, maintenance, limits, drain, heartbeat, log } = this.#own;
    membership.stop();
    void maintenance.stop();
    limits.stop();
    drain.end();
    await heartbeat.stop();
    await within(this.#given.clock, leaveGraceMs, this.#sayGoodbye());
    await this.#inbox?.close();
    log.info("left the pool");
  }

  async #sayGoodbye(): Promise<void> {
    const { claimer, completer, marker, membership, requester, onError } = this.#own;
    await claimer.stop();
    await completer.settled();
    await marker.settled();
    const { keeper, instance } = this.#given;
    if (membership.mayBeMember) await keeper.leave(this.id, instance).catch(onError);
    await requester.stop();
  }
}

/** A new worker's id within its pool: short, since every claim contains it. */
export function newWorkerId(): string {
  return `w${randomId()
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, idCharacters)}`;
}
