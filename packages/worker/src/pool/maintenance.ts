/**
 * What a worker does now and then besides its work: compares what it holds with what the pool thinks it holds, looks for cycles,
 * and sweeps the pool while no distributor heads it.
 */
import { Actor, type Clock, Periodic } from "@callgrid/core";
import { type Claim, sweepEveryMs, sweeperLease, type WorkerPool } from "@callgrid/statekeeper";

const roundMs = 500;
const reconcileEveryMs = 5_000;
const mostReconciled = 50_000;
const sweepLimit = 1_000;

/** What maintenance reads, and what it notifies. */
export interface MaintenanceParts {
  readonly clock: Clock;
  readonly keeper: WorkerPool;
  readonly worker: string;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  readonly ownedIds: () => string[];
  /** After a comparison: whether the pool takes this worker for a volunteer. */
  readonly onCompared: (isVolunteer: boolean) => void;
  readonly onClaims: (claims: readonly Claim[]) => void;
  readonly onAbandoned: (ids: readonly string[]) => void;
  readonly onRound: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

export class Maintenance extends Actor {
  readonly #parts: MaintenanceParts;
  readonly #rounds: Periodic;
  #reconciledAt = Number.NEGATIVE_INFINITY;
  #sweptAt = Number.NEGATIVE_INFINITY;
  /** What has been claimed since a comparison began that is under way. */
  #claimedMeanwhile: Set<string> | undefined;
  /** What had not come when the last comparison's reply did: lost, or still on its way. */
  #missing = new Set<string>();

  constructor(parts: MaintenanceParts) {
    super();
    this.#parts = parts;
    this.#rounds = new Periodic({
      clock: parts.clock,
      everyMs: roundMs,
      round: () => this.#round(),
      onError: (error) => {
        if (!this.isStopped) parts.onError(error);
      },
    });
  }

  protected override async begin(): Promise<void> {
    this.#reconciledAt = this.#parts.clock.now();
    this.#sweptAt = this.#parts.clock.now();
    await this.#rounds.start();
  }

  protected override async end(): Promise<void> {
    await this.#rounds.stop();
  }

  /** Messages may have been lost. */
  reconcileSoon(): void {
    this.#reconciledAt = Number.NEGATIVE_INFINITY;
  }

  /** These claims have arrived: they are not lost, although a comparison that began before said so. */
  noteClaims(claims: readonly Claim[]): void {
    for (const { id } of claims) {
      this.#claimedMeanwhile?.add(id);
      this.#missing.delete(id);
    }
  }

  async #round(): Promise<void> {
    const { clock, leaseMs, onRound } = this.#parts;
    await onRound();
    if (clock.now() - this.#reconciledAt >= reconcileEveryMs) await this.#reconcile();
    if (clock.now() - this.#sweptAt >= sweepEveryMs(leaseMs)) await this.#sweep();
  }

  async #reconcile(): Promise<void> {
    const { clock, keeper, worker, ownedIds, onCompared, onClaims, onAbandoned } = this.#parts;
    this.#reconciledAt = clock.now();
    const held = ownedIds();
    if (held.length > mostReconciled) return;
    const claimedMeanwhile = new Set<string>();
    this.#claimedMeanwhile = claimedMeanwhile;
    const comparing = keeper.reconcile(worker, held).finally(() => {
      this.#claimedMeanwhile = undefined;
    });
    const { claims, abandoned, isVolunteer } = await comparing;
    if (this.isStopped) return;
    onCompared(isVolunteer);
    if (abandoned.length > 0) onAbandoned(abandoned);
    // Their replies and messages may be on their way still, by other connections or in the same piece of what was read.
    const missing = claims.filter(({ id }) => !claimedMeanwhile.has(id));
    const lost = missing.filter(({ id }) => this.#missing.has(id));
    const unsure = missing.filter(({ id }) => !this.#missing.has(id));
    this.#missing = new Set(unsure.map(({ id }) => id));
    if (lost.length > 0) onClaims(lost);
    if (unsure.length > 0) this.reconcileSoon();
  }

  async #sweep(): Promise<void> {
    const { clock, keeper, worker, maxAttempts, leaseMs } = this.#parts;
    this.#sweptAt = clock.now();
    let isMore = true;
    // many may have died at once, and what they held waits
    while (isMore && !this.isStopped)
      ({ isMore } = await keeper.sweep({ process: worker, ...sweeperLease(leaseMs), maxAttempts, limit: sweepLimit }));
  }
}
