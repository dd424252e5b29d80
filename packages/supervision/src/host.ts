/**
 * The agent of a machine: tells the pool how good the machine is and how many workers it may have, and keeps as many as the pool's
 * head gives it of those that the pool should have. While nobody heads the pool, or Redis is away, it keeps those that it has.
 */
import { hostname } from "node:os";
import { type CancelTimer, type Clock, messageOf } from "@callgrid/core";
import type { Capacity, PoolKeeper } from "@callgrid/statekeeper";
import type { Logger } from "pino";
import type { Supervisor } from "./supervisor.ts";

/** How a {@link Host} takes part. */
export interface HostOptions {
  /** Within its pool; no other host has it. */
  readonly id: string;
  /** How good the machine is beside the pool's other hosts; more than 0. */
  readonly score: number;
  /** So many workers it has at least, whatever the pool needs. */
  readonly minWorkers: number;
  readonly maxWorkers: number;
  /** How long it counts after its last report, in ms. It reports every second, and three times a lease at least. */
  readonly leaseMs: number;
}

/** What a {@link Host} talks to. */
export interface HostParts {
  readonly keeper: PoolKeeper;
  /** Starts and ends the workers; the host starts and ends it, and finds it with as many workers as it has at least. */
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly log: Logger;
}

const reportEveryMs = 1_000;
const reportsPerLease = 3;
const patienceMs = 2_000;

export class Host {
  readonly #options: HostOptions;
  readonly #parts: HostParts;
  #cancelNext: CancelTimer = () => undefined;
  #underWay: Promise<void> = Promise.resolve();
  #isAnswered = true;
  #isEnding = false;

  constructor(options: HostOptions, parts: HostParts) {
    this.#options = options;
    this.#parts = parts;
  }

  /** Starts the supervisor, and registers once its workers have joined; rejects as its `start` does. */
  async start(): Promise<void> {
    await this.#parts.supervisor.start();
    if (this.#isEnding) return;
    this.#underWay = this.#report();
    await this.#underWay;
  }

  /** Counts no longer, and has every worker finish what it runs, give the rest back, and leave. */
  drain(): Promise<void> {
    return this.#end(() => this.#parts.supervisor.drain());
  }

  /** Counts no longer, and has every worker give everything back and leave at once; also in the middle of a drain. */
  stop(): Promise<void> {
    return this.#end(() => this.#parts.supervisor.stop());
  }

  async #end(endWorkers: () => Promise<void>): Promise<void> {
    this.#isEnding = true;
    this.#cancelNext();
    const ended = endWorkers();
    // A report that arrived after the farewell would have others wait for the workers of this host.
    const farewell = this.#underWay.then(() => this.#parts.keeper.leave(this.#options.id)).catch(() => undefined);
    await ended;
    await this.#withinPatience(farewell);
  }

  /** A pool that does not answer finds out when the lease lapses. */
  async #withinPatience(promise: Promise<void>): Promise<void> {
    let cancel: CancelTimer = () => undefined;
    const patience = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(patienceMs, resolve);
    });
    await Promise.race([promise, patience]);
    cancel();
  }

  async #report(): Promise<void> {
    const { leaseMs, ...host } = this.#options;
    const { keeper, log, clock } = this.#parts;
    try {
      const description = { host: hostname(), processId: process.pid };
      await this.#follow(await keeper.reportHost({ ...host, leaseMs, description }));
      this.#isAnswered = true;
    } catch (error) {
      const reason = messageOf(error);
      if (this.#isAnswered) log.warn({ reason }, "the pool does not answer, keeping the workers that there are");
      this.#isAnswered = false;
    }
    if (this.#isEnding) return;
    this.#cancelNext = clock.background(Math.min(reportEveryMs, leaseMs / reportsPerLease), () => {
      this.#underWay = this.#report();
    });
  }

  async #follow(capacity: Capacity | undefined): Promise<void> {
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
