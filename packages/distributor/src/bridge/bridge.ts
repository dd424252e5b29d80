/**
 * The bridge from a pool to its parent: two carriers, one for each direction. It looks at the state of both pools whenever something may have
 * changed and now and then, and has the carriers do what the policy makes of that (docs/decisions/0019-one-mechanism-for-bridges.md).
 *
 * All it knows can be found out again from the two pools, so it may die at any instant. If one of them falls silent for a lease,
 * what it holds in the other on that one's account is given back.
 */
import { Actor, type CancelTimer, type Clock, type Logger, Periodic } from "@callgrid/core";
import {
  type FunctionTable,
  type InboxListener,
  type InboxMessage,
  type PoolKeeper,
  type PoolSight,
  type RegisteredFunction,
  Requester,
  sweepEveryMs,
  sweeperLease,
} from "@callgrid/statekeeper";
import type { BridgePolicy } from "../crossing/bridge-policy.ts";
import { type CrossingSight, less } from "../crossing/carry-plan.ts";
import type { DistributorSettings } from "../shared/distributor-options.ts";
import { FailureLog } from "../shared/failure-log.ts";
import { CallPace } from "./call-pace.ts";
import { Carrier } from "./carrier.ts";
import { FunctionTables } from "./function-tables.ts";
import { OutcomeForwarder } from "./outcome-forwarder.ts";
import { ParentMembership } from "./parent-membership.ts";
import { StartRate } from "./start-rate.ts";

/** What a {@link Bridge} talks to. */
export interface BridgeParts {
  readonly child: PoolKeeper;
  readonly parent: PoolKeeper;
  /** The distributor's id in its own pool. */
  readonly process: string;
  readonly policy: BridgePolicy;
  /** Has the distributor join its own pool again, with these functions as known. */
  readonly joinChild: (knows: ReadonlyMap<string, RegisteredFunction>) => Promise<FunctionTable>;
  readonly clock: Clock;
  readonly log: Logger;
}

type BridgeOptions = Pick<DistributorSettings, "hoistEveryMs" | "leaseMs" | "maxAttempts" | "sweepLimit">;

const checkEveryMs = 2_000;
const announceEveryMs = 1_000;
const reconcileEveryMs = 5_000;
/** How often what carried requests wait for is looked at, each of them ever more rarely; and how often who waits for them. */
const waitsEveryMs = 300;
const renewalsPerLease = 3;
/** While nothing waits and nothing crosses, calls from the pools are enough, and looking now and then is for those that got lost. */
const quietRoundMs = 1_000;
/** What has waited in a pool for so long should be seen in the parent. */
const longMs = 1_000;

export class Bridge extends Actor {
  readonly #options: BridgeOptions;
  readonly #parts: BridgeParts;
  readonly #member: string;
  readonly #failures: FailureLog;
  readonly #tables: FunctionTables;
  readonly #membership: ParentMembership;
  readonly #down: Carrier;
  readonly #up: Carrier;
  readonly #askBelow: Requester;
  readonly #askAbove: Requester;
  readonly #duties: readonly Periodic[];
  readonly #timers = new Map<"round" | "call", CancelTimer>();
  #inboxes: InboxListener[] = [];
  #heardBelowAtMs: number;
  #heardAboveAtMs: number;
  /** Since when something has waited in the own pool, or all of its members have been busy. */
  #waitsSinceMs: number | undefined;
  #busySinceMs: number | undefined;
  readonly #calls = new CallPace();
  readonly #starts = new StartRate();
  #isBalancing = false;
  #isDue = false;

  constructor(options: BridgeOptions, parts: BridgeParts) {
    super();
    const { child, parent, process, policy, clock } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#member = `${child.pool}.${process}`;
    this.#failures = new FailureLog(parts.log, clock);
    this.#heardBelowAtMs = clock.now();
    this.#heardAboveAtMs = clock.now();
    this.#tables = new FunctionTables(clock, policy);
    const tables = this.#tables;
    const onError = (error: unknown): void => this.#report(error);
    const onLow = (): void => this.#balanceSoon();
    const readTables = (): Promise<void> => this.#membership.readTables();
    const below = { keeper: child, process };
    const above = { keeper: parent, process: this.#member };
    const asking = { clock, leaseMs: 0, checkEveryMs, queueLimit: 0, isGuest: true, onError };
    this.#askBelow = new Requester({ ...asking, ...below });
    this.#askAbove = new Requester({ ...asking, ...above });
    const shared = { clock, log: parts.log, roundMs: options.hoistEveryMs, onError, onLow };
    this.#down = new Carrier({
      ...shared,
      from: above,
      to: below,
      tables: () => tables.down,
      requester: this.#askBelow,
      forwarder: new OutcomeForwarder({
        ...shared,
        from: child,
        to: parent,
        worker: this.#member,
        tableOfFrom: () => tables.child,
        tableOfTo: () => tables.parent,
        readTables,
        avoid: (functionName) => tables.down.avoidThere(functionName),
      }),
      takeHome: (claims) => this.#up.takeHome(claims),
    });
    this.#up = new Carrier({
      ...shared,
      from: below,
      to: above,
      tables: () => tables.up,
      requester: this.#askAbove,
      forwarder: new OutcomeForwarder({
        ...shared,
        from: parent,
        to: child,
        worker: process,
        tableOfFrom: () => tables.parent,
        tableOfTo: () => tables.child,
        readTables,
        avoid: (functionName) => tables.up.avoidThere(functionName),
      }),
      takeHome: (claims) => this.#down.takeHome(claims),
    });
    this.#membership = new ParentMembership({
      ...parts,
      member: this.#member,
      leaseMs: options.leaseMs,
      tables,
      onJoined: () => {
        this.#down.invalidate();
        this.#balanceSoon();
      },
    });
    this.#duties = this.#makeDuties();
  }

  /** Joins the parent and begins. A parent that does not answer is waited for. */
  protected override async begin(): Promise<void> {
    const { child, parent, process } = this.#parts;
    this.#inboxes = [
      child.listen(process, {
        onMessages: (messages) =>
          this.#receive(messages, { asks: this.#askBelow, carriesFrom: this.#up, carriesTo: this.#down }),
        onReconnect: () => this.#noteReconnected(this.#askBelow, this.#up),
      }),
      parent.listen(this.#member, {
        onMessages: (messages) =>
          this.#receive(messages, { asks: this.#askAbove, carriesFrom: this.#down, carriesTo: this.#up }),
        onReconnect: () => this.#noteReconnected(this.#askAbove, this.#down),
      }),
    ];
    for (const actor of [this.#askBelow, this.#askAbove, ...this.#duties]) void actor.start();
    this.#armRound();
  }

  /** Leaves the parent; what it held in either pool goes back there. */
  protected override async end(): Promise<void> {
    // a duty that is under way may wait for a link that is down
    for (const duty of this.#duties) void duty.stop();
    for (const cancel of this.#timers.values()) cancel();
    await Promise.all([this.#up.close(), this.#down.close()]);
    await Promise.all([this.#askBelow.stop(), this.#askAbove.stop()]);
    await this.#membership.leave();
    await Promise.all(this.#inboxes.map((inbox) => inbox.close()));
  }

  /** What a bridge does now and then, besides the balance of both pools. */
  #makeDuties(): readonly Periodic[] {
    const { leaseMs } = this.#options;
    const renewEveryMs = leaseMs / renewalsPerLease;
    const shared = { clock: this.#parts.clock, onError: (error: unknown) => this.#report(error) };
    const carriers = [this.#up, this.#down];
    const lookAtWaits = (): Promise<unknown> =>
      Promise.all(carriers.flatMap((carrier) => [carrier.noteWaits(), carrier.giveBackAwaited()]));
    const announce = (): Promise<void> => this.#membership.announce();
    return [
      new Periodic({ ...shared, everyMs: announceEveryMs, firstAfterMs: 0, round: announce }),
      new Periodic({ ...shared, everyMs: reconcileEveryMs, round: () => this.#reconcile() }),
      new Periodic({ ...shared, everyMs: waitsEveryMs, round: lookAtWaits }),
      new Periodic({ ...shared, everyMs: sweepEveryMs(leaseMs), round: () => this.#sweepAbove() }),
      new Periodic({ ...shared, everyMs: renewEveryMs, round: () => this.#renewAbove() }),
      new Periodic({ ...shared, everyMs: renewEveryMs, round: () => this.#renewBelow() }),
      new Periodic({ ...shared, everyMs: renewEveryMs, round: () => this.#watch() }),
    ];
  }

  #arm(name: "round" | "call", afterMs: number, action: () => void): void {
    this.#timers.get(name)?.();
    if (!this.isStopped) this.#timers.set(name, this.#parts.clock.background(afterMs, action));
  }

  #armRound(): void {
    const isQuiet = this.#waitsSinceMs === undefined && this.#up.carriedIds.length + this.#down.carriedIds.length === 0;
    const { hoistEveryMs } = this.#options;
    this.#arm("round", isQuiet ? Math.max(quietRoundMs, hoistEveryMs) : hoistEveryMs, () => this.#balanceSoon());
  }

  /** Looks at both pools at once, or again once it has done so. */
  #balanceSoon(): void {
    this.#isDue = true;
    if (this.#isBalancing || this.isStopped) return;
    this.#isBalancing = true;
    this.#parts.clock.turn(() => void this.#balanceAll());
  }

  async #balanceAll(): Promise<void> {
    while (this.#isDue && !this.isStopped) {
      this.#isDue = false;
      try {
        await this.#balance();
      } catch (error) {
        this.#report(error);
        break;
      }
    }
    this.#isBalancing = false;
    this.#armRound();
  }

  async #balance(): Promise<void> {
    const { child, parent, process, policy } = this.#parts;
    const [below, above] = await Promise.all([child.look(process), parent.look(this.#member)]);
    await this.#down.giveUp(below.wanted > 0);
    const waits = this.#noteWaiting(below);
    const isFast = this.#starts.isFast(below.claimed - this.#up.claimed, this.#parts.clock.now());
    const up = policy.hoist({ ...this.#up.standing(above.claimed), from: below, to: above, waits, isFast });
    const down = policy.take({
      ...this.#down.standing(below.claimed),
      from: above,
      to: below,
      waits: "no",
      isFast: false,
    });
    const [cameHome, wentBack] = await Promise.all([this.#up.recall(up.recall), this.#down.recall(down.recall)]);
    const kinds = await Promise.all([
      this.#up.carry(up.carry && less(up.carry, wentBack), below.wanted > 0),
      this.#down.carry(down.carry && less(down.carry, cameHome), above.wanted > 0),
    ]);
    if (kinds[0] === "stale") await this.#membership.announce();
    if (kinds[0] === "unknown-worker") await this.#membership.joinChildAgain();
    if (kinds[1] === "stale") await this.#membership.readParentTable();
    if (kinds[1] === "unknown-worker") await this.#membership.join();
    if (kinds.some((kind) => kind !== "claims")) this.#isDue = true;
  }

  /** For how long something has waited in the own pool: where all are busy, it may wait on their own queues. */
  #noteWaiting({ queued, wanted }: PoolSight): CrossingSight["waits"] {
    const now = this.#parts.clock.now();
    const isWaiting = queued > this.#down.unstarted;
    this.#waitsSinceMs = isWaiting ? (this.#waitsSinceMs ?? now) : undefined;
    this.#busySinceMs = wanted === 0 ? (this.#busySinceMs ?? now) : undefined;
    const waitedMs = now - (this.#waitsSinceMs ?? now);
    const busyMs = now - (this.#busySinceMs ?? now);
    if (waitedMs >= longMs) return "long";
    return Math.max(waitedMs, busyMs) >= this.#options.hoistEveryMs ? "round" : "no";
  }

  /** Messages may have been lost, and so may replies to claims. */
  async #reconcile(): Promise<void> {
    const { child, parent, process } = this.#parts;
    const above = await parent.reconcile(this.#member, this.#down.ids);
    this.#down.cancel(above.abandoned);
    this.#down.take(above.claims);
    const below = await child.reconcile(process, this.#up.ids);
    this.#up.cancel(below.abandoned);
    this.#up.take(below.claims);
  }

  /** A parent without a distributor is swept by its members, which may be nothing but bridges: again at once while there is more. */
  async #sweepAbove(): Promise<number | undefined> {
    const { maxAttempts, sweepLimit, leaseMs } = this.#options;
    const sweep = { process: this.#member, ...sweeperLease(leaseMs), maxAttempts, limit: sweepLimit };
    return (await this.#parts.parent.sweep(sweep)).isMore ? 0 : undefined;
  }

  async #renewAbove(): Promise<void> {
    await this.#membership.renew();
    this.#heardAboveAtMs = this.#parts.clock.now();
  }

  async #renewBelow(): Promise<void> {
    await this.#parts.child.renew(this.#parts.process, this.#options.leaseMs);
    this.#heardBelowAtMs = this.#parts.clock.now();
  }

  /** Calls do not fail while a link is down, they wait: so silence is the only sign. */
  #watch(): void {
    const silentSince = this.#parts.clock.now() - this.#options.leaseMs;
    if (this.#heardBelowAtMs < silentSince) void this.#down.close();
    else this.#down.open();
    if (this.#heardAboveAtMs < silentSince) void this.#up.close();
    else this.#up.open();
  }

  #noteReconnected(asks: Requester, carriesFrom: Carrier): void {
    asks.recheckAll();
    carriesFrom.invalidate();
    this.#balanceSoon();
  }

  #receive(
    messages: readonly InboxMessage[],
    { asks, carriesFrom, carriesTo }: { asks: Requester; carriesFrom: Carrier; carriesTo: Carrier },
  ): void {
    for (const message of messages) {
      if (asks.receive(message)) continue;
      if (message.kind === "started") carriesTo.noteStarted(message.id);
      else if (message.kind === "cancel") carriesFrom.cancel([message.id]);
      else if (message.kind === "look") this.#answerCall();
      else this.#noteNews(message, carriesFrom);
    }
  }

  /** In a busy pool members become idle all the time, and so many looks at it would cost more than they bring. */
  #answerCall(): void {
    const waitMs = this.#calls.take(this.#parts.clock.now());
    if (waitMs === 0) this.#balanceSoon();
    else this.#arm("call", waitMs, () => this.#balanceSoon());
  }

  #noteNews(message: InboxMessage, carriesFrom: Carrier): void {
    carriesFrom.invalidate();
    if (message.kind === "run") carriesFrom.take([message.claim]);
    if (message.kind === "functions") this.#membership.readTables().catch((error) => this.#report(error));
    this.#balanceSoon();
  }

  #report(error: unknown): void {
    if (!this.isStopped) this.#failures.log("call to the parent pool failed", error);
  }
}
