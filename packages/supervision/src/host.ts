/**
 * The agent of a machine: reports the machine's score and bounds to the pool, and keeps as many as the pool's
 * head gives it of those that the pool should have. While the pool has no head, or Redis is away, it keeps its current workers.
 */
import { hostname } from "node:os";
import { Actor, type Clock, type Logger, messageOf, Periodic, within } from "@callgrid/core";
import type { Capacity, ObservedPool, WorkerPool } from "@callgrid/statekeeper";
import type { Supervisor } from "./supervisor.ts";

/** How a {@link Host} takes part. */
export interface HostOptions {
  /** Within its pool; no other host has it. */
  readonly id: string;
  /** How good the machine is compared with the pool's other hosts; more than 0. */
  readonly score: number;
  /** So many workers it has at least, whatever the pool needs. */
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** How long it counts after its last report, in ms. It reports three times a lease, and looks at its share five times a second. */
  readonly leaseMs: number;
}

/** What a {@link Host} talks to. */
export interface HostParts {
  readonly keeper: WorkerPool & ObservedPool;
  /** Starts and ends the workers; the host starts and ends it, and finds it with as many workers as it has at least. */
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A batch on a pool of few workers waits for this; a look is one command. */
const lookEveryMs = 200;
const reportsPerLease = 3;
const patienceMs = 2_000;

export class Host extends Actor {
  readonly #options: HostOptions;
  readonly #parts: HostParts;
  readonly #looks: Periodic;
  #firstReport: Promise<void> = Promise.resolve();
  #farewell: Promise<void> | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #isAnswered = true;

  constructor(options: HostOptions, parts: HostParts) {
    super();
    this.#options = options;
    this.#parts = parts;
    const { clock } = parts;
    const everyMs = Math.min(lookEveryMs, options.leaseMs / reportsPerLease);
    this.#looks = new Periodic({ clock, everyMs, round: () => this.#look() });
  }

  /** Starts the supervisor, and registers once its workers have joined; rejects as its `start` does. */
  protected override async begin(): Promise<void> {
    await this.#parts.supervisor.start();
    if (this.#isEnding) return;
    this.#firstReport = this.#look();
    await this.#firstReport;
    await this.#looks.start();
  }

  /** Counts no longer, and has every worker finish what it runs, give the rest back, and leave. */
  drain(): Promise<void> {
    return this.#end(() => this.#parts.supervisor.drain());
  }

  /** Counts no longer, and has every worker give everything back and leave at once; also in the middle of a drain. */
  protected override end(): Promise<void> {
    return this.#end(() => this.#parts.supervisor.stop());
  }

  get #isEnding(): boolean {
    return this.#farewell !== undefined;
  }

  async #end(endWorkers: () => Promise<void>): Promise<void> {
    this.#farewell ??= this.#sayFarewell(this.#looks.stop());
    await endWorkers();
    // A pool that does not answer finds out when the lease lapses.
    await within(this.#parts.clock, patienceMs, this.#farewell);
  }

  /** A report that arrived after the farewell would have others wait for the workers of this host. */
  async #sayFarewell(reported: Promise<void>): Promise<void> {
    await Promise.all([this.#firstReport, reported]);
    await this.#parts.keeper.leave(this.#options.id).catch(() => undefined);
  }

  async #look(): Promise<void> {
    const { keeper, log } = this.#parts;
    try {
      await this.#follow(this.#isReportDue ? await this.#report() : await keeper.capacity());
      this.#isAnswered = true;
    } catch (error) {
      const reason = messageOf(error);
      if (this.#isAnswered) log.warn({ reason }, "the pool does not answer, keeping the workers that there are");
      this.#isAnswered = false;
    }
  }

  get #isReportDue(): boolean {
    return this.#parts.clock.now() - this.#reportedAt >= this.#options.leaseMs / reportsPerLease;
  }

  async #report(): Promise<Capacity | undefined> {
    const { clock, keeper } = this.#parts;
    const description = { host: hostname(), processId: process.pid };
    const at = clock.now();
    const capacity = await keeper.reportHost({ ...this.#options, description });
    this.#reportedAt = at;
    return capacity;
  }

  async #follow(capacity: Omit<Capacity, "ageMs"> | undefined): Promise<void> {
    const { id, minWorkers, maxWorkers } = this.#options;
    const { supervisor, log } = this.#parts;
    const share = new Map(Object.entries(capacity?.shares ?? {})).get(id);
    // as long as it is not known to the head it has no share, which is not a share of 0
    if (share === undefined) return;
    const before = supervisor.count;
    const count = Math.max(0, Math.min(maxWorkers - supervisor.leaving, Math.max(minWorkers, share)));
    if (count === before || this.#isEnding) return;
    supervisor.resize(count, count < before ? await this.#idleWorkers() : undefined);
    log.info({ host: id, workers: count, before, desiredWorkers: capacity?.desiredWorkers }, "follows the work");
  }

  async #idleWorkers(): Promise<ReadonlySet<string>> {
    const { keeper } = this.#parts;
    const { members } = await keeper.inspect();
    return new Set(members.filter(({ isVolunteer }) => isVolunteer).map(({ id }) => `${keeper.pool}/${id}`));
  }
}
