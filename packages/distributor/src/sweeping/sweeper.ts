/**
 * Sweeps a pool for as long as it runs: takes back what dead members held, and hands queued work to idle ones. Several
 * distributors may do this for one pool: the statekeeper lets one of them be the head, and the others only ask now and then
 * whether it is still there.
 */
import { Actor, type Clock, type Logger, Periodic } from "@callgrid/core";
import type { HeadPool, Preference, SweepReply } from "@callgrid/statekeeper";
import type { DistributorSettings } from "../shared/distributor-options.ts";
import { FailureLog } from "../shared/failure-log.ts";
import { sweepDelayMs } from "./sweep-pace.ts";

type SweeperOptions = Pick<
  DistributorSettings,
  "hoistEveryMs" | "copyAfterMs" | "prefer" | "leaseMs" | "maxAttempts" | "sweepLimit"
>;

/** What a {@link Sweeper} talks to. */
export interface SweeperParts {
  readonly keeper: HeadPool;
  /** The distributor's id. */
  readonly process: string;
  /** Called when it becomes head, and when it stops being head. */
  readonly onHead: (isHead: boolean) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Sweeper extends Actor {
  readonly #options: SweeperOptions;
  readonly #parts: SweeperParts;
  readonly #failures: FailureLog;
  readonly #sweeps: Periodic;
  #role: SweepReply["role"] | undefined;

  constructor(options: SweeperOptions, parts: SweeperParts) {
    super();
    this.#options = options;
    this.#parts = parts;
    this.#failures = new FailureLog(parts.log, parts.clock);
    const { clock } = parts;
    this.#sweeps = new Periodic({ clock, everyMs: options.hoistEveryMs, firstAfterMs: 0, round: () => this.#sweep() });
  }

  /** Whether the last sweep was made as the pool's head. */
  get isHead(): boolean {
    return this.#role === "head";
  }

  protected override async begin(): Promise<void> {
    await this.#sweeps.start();
  }

  /** Stops sweeping, and lets a standby be head at once. */
  protected override async end(): Promise<void> {
    // A sweep that arrived after the abdication would make this the head again, without a sweeper.
    await this.#sweeps.stop();
    await this.#parts.keeper.abdicate(this.#parts.process);
  }

  /** Returns the pause until the next one. */
  async #sweep(): Promise<number> {
    const { leaseMs, maxAttempts, sweepLimit, copyAfterMs } = this.#options;
    const prefer = this.#options.prefer as readonly Preference[];
    const { keeper, process } = this.#parts;
    let reply: SweepReply | undefined;
    try {
      const bounds = { headLeaseMs: leaseMs, maxAttempts, limit: sweepLimit, copyAfterMs };
      reply = await keeper.sweep({ process, prefer, ...bounds });
      this.#report(reply);
    } catch (error) {
      this.#failures.log("pool could not be swept", error);
    }
    return sweepDelayMs(reply, this.#options);
  }

  #report(reply: SweepReply): void {
    const { log } = this.#parts;
    const wasHead = this.isHead;
    if (reply.role === "head" && !wasHead) log.info("became head of the pool");
    if (reply.role !== "head" && wasHead) log.warn("lost the head of the pool to another distributor");
    if (reply.role === "standby" && this.#role === undefined)
      log.info("another distributor heads the pool, standing by");
    this.#role = reply.role;
    if (this.isHead !== wasHead) this.#parts.onHead(this.isHead);
    const { lapsedWorkers, lapsedClients, reclaimed, moved } = reply;
    if (lapsedWorkers.length > 0 || reclaimed > 0) {
      log.warn({ members: lapsedWorkers, reclaimed, moved }, "reclaimed the work of members whose lease had lapsed");
    }
    if (lapsedClients > 0)
      log.info({ clients: lapsedClients }, "dropped the inboxes of clients whose lease had lapsed");
  }
}
