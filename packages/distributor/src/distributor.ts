/**
 * The distributor of one pool: a member of it under a lease, whose sweeper does what a pool needs done now and then. The
 * pool goes on working while it is away; what is late then is only the reclaiming from dead members.
 */
import { hostname } from "node:os";
import { Actor, type Clock, type Logger, messageOf, Periodic, randomId, within } from "@callgrid/core";
import type { FunctionTable, PoolKeeper, RegisteredFunction } from "@callgrid/statekeeper";
import { Bridge, type BridgeParts } from "./bridge/bridge.ts";
import { Scaler } from "./capacity/scaler.ts";
import { type BridgePolicy, localPolicy } from "./crossing/bridge-policy.ts";
import type { DistributorSettings } from "./shared/distributor-options.ts";
import { FailureLog } from "./shared/failure-log.ts";
import { Sweeper } from "./sweeping/sweeper.ts";

/** What a {@link Distributor} talks to. */
export interface DistributorParts {
  /** Its id as a member of the pool; default: a random one. */
  readonly id?: string | undefined;
  readonly keeper: PoolKeeper;
  /** The parent of the pool, if it has one. */
  readonly parent?: PoolKeeper | undefined;
  /** What is not given is as in {@link localPolicy}. */
  readonly bridgePolicy?: Partial<BridgePolicy> | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const renewalsPerLease = 3;
const shownIdCharacters = 10;

export class Distributor extends Actor {
  /** Its id as a member of the pool. */
  readonly id: string;
  readonly #options: DistributorSettings;
  readonly #keeper: PoolKeeper;
  readonly #parent: PoolKeeper | undefined;
  readonly #policy: BridgePolicy;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #failures: FailureLog;
  readonly #sweeper: Sweeper;
  readonly #renewals: Periodic;
  #scaler: Scaler | undefined;
  /** Functions of the pool and of its parent, as its bridge saw them last. */
  #knows: ReadonlyMap<string, RegisteredFunction> = new Map();
  #bridgeToParent: Bridge | undefined;
  #bridgeDown: Promise<void> = Promise.resolve();

  constructor(options: DistributorSettings, parts: DistributorParts) {
    super();
    this.id = parts.id ?? `distributor-${randomId().slice(0, shownIdCharacters)}`;
    this.#options = options;
    this.#keeper = parts.keeper;
    this.#parent = parts.parent;
    this.#policy = { ...localPolicy, ...parts.bridgePolicy };
    this.#clock = parts.clock;
    this.#log = parts.log.child({ pool: parts.keeper.pool, distributor: this.id });
    this.#failures = new FailureLog(this.#log, this.#clock);
    this.#sweeper = new Sweeper(options, {
      ...parts,
      log: this.#log,
      process: this.id,
      onHead: (isHead) => this.#head(isHead),
    });
    this.#renewals = new Periodic({
      clock: this.#clock,
      everyMs: options.leaseMs / renewalsPerLease,
      round: () => this.#renew(),
      onError: (error) => this.#failures.log("lease could not be renewed", error),
    });
  }

  /** Whether this is the pool's head, by the last sweep. */
  get isHead(): boolean {
    return this.#sweeper.isHead;
  }

  /** Joins the pool, and starts to sweep it. */
  protected override async begin(): Promise<void> {
    await this.#join();
    this.#log.info("joined the pool");
    await Promise.all([this.#sweeper.start(), this.#renewals.start()]);
  }

  /**
   * Abdicates and leaves. It waits one lease at most: with no connection for that long there is nothing left to give up.
   */
  protected override async end(): Promise<void> {
    await within(this.#clock, this.#options.leaseMs, this.#leave(this.#renewals.stop()));
    this.#log.info("left the pool");
  }

  #head(isHead: boolean): void {
    this.#bridge(isHead);
    void this.#scaler?.stop();
    this.#scaler = undefined;
    if (!isHead || this.isStopped) return;
    const parts = { keeper: this.#keeper, process: this.id, clock: this.#clock, log: this.#log };
    this.#scaler = new Scaler(this.#options, parts);
    void this.#scaler.start();
  }

  /** One bridge a pool: that of its head. The next one goes up when the former one is down, since both are the same member. */
  #bridge(isHead: boolean): void {
    const former = this.#bridgeToParent;
    this.#bridgeToParent = undefined;
    if (former !== undefined) {
      this.#bridgeDown = former.stop().catch((error) => this.#failures.log("bridge could not be closed", error));
    }
    const [child, parent] = [this.#keeper, this.#parent];
    if (!isHead || this.isStopped || parent === undefined) return;
    const shared = { process: this.id, policy: this.#policy, clock: this.#clock, log: this.#log };
    const joinChild: BridgeParts["joinChild"] = (knows) => {
      this.#knows = knows;
      return this.#join();
    };
    const bridge = new Bridge(this.#options, { child, parent, joinChild, ...shared });
    this.#bridgeToParent = bridge;
    void this.#bridgeDown.then(() => {
      if (this.#bridgeToParent !== bridge) return;
      void bridge.start();
      this.#log.info({ parent: parent.pool }, "bridges to the parent pool");
    });
  }

  async #leave(renewed: Promise<void>): Promise<void> {
    try {
      this.#head(false);
      await this.#bridgeDown;
      await this.#sweeper.stop();
      await renewed;
      await this.#keeper.leave(this.id);
    } catch (error) {
      this.#log.warn({ reason: messageOf(error) }, "could not leave the pool; the lease will expire");
    }
  }

  async #join(): Promise<FunctionTable> {
    return this.#keeper.join({
      id: this.id,
      kind: "distributor",
      leaseMs: this.#options.leaseMs,
      description: { host: hostname(), processId: process.pid, ...(this.#parent && { parent: this.#parent.pool }) },
      functions: new Map(),
      knows: this.#knows,
    });
  }

  async #renew(): Promise<void> {
    const isKnown = await this.#keeper.renew(this.id, this.#options.leaseMs);
    if (isKnown || this.isStopped) return;
    await this.#join();
    this.#log.warn("the pool no longer knew this distributor, joined again");
  }
}
