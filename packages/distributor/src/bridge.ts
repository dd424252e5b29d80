/**
 * The bridge from a pool to its parent: a worker to the parent, a client of its own pool. It takes work down when its pool is idle,
 * and hoists copies up when its pool has more than it gets on with (docs/decisions/0010-bridges.md).
 *
 * All it knows can be found out again from the two pools, so it may die at any instant. If one of them falls silent for a lease,
 * what it holds in the other on that one's account is given back.
 */
import type { CancelTimer, Clock } from "@callgrid/core";
import { type InboxListener, type InboxMessage, type PoolKeeper, Requester } from "@callgrid/statekeeper";
import type { Logger } from "pino";
import type { BridgePolicy } from "./bridge-policy.ts";
import type { DistributorSettings } from "./distributor-options.ts";
import { FailureLog } from "./failure-log.ts";
import { FunctionTables } from "./function-tables.ts";
import { HandIn } from "./hand-in.ts";
import { Hoister } from "./hoister.ts";
import { ParentMembership } from "./parent-membership.ts";
import { Taker } from "./taker.ts";

/** What a {@link Bridge} talks to. */
export interface BridgeParts {
  readonly child: PoolKeeper;
  readonly parent: PoolKeeper;
  /** The distributor's id in its own pool. */
  readonly process: string;
  readonly policy: BridgePolicy;
  readonly clock: Clock;
  readonly log: Logger;
}

type BridgeOptions = Pick<DistributorSettings, "hoistEveryMs" | "leaseMs" | "maxAttempts" | "sweepLimit">;

const checkEveryMs = 2_000;
const announceEveryMs = 1_000;
const reconcileEveryMs = 5_000;
const renewalsPerLease = 3;

export class Bridge {
  readonly #options: BridgeOptions;
  readonly #parts: BridgeParts;
  readonly #member: string;
  readonly #failures: FailureLog;
  readonly #tables: FunctionTables;
  readonly #membership: ParentMembership;
  readonly #taker: Taker;
  readonly #hoister: Hoister;
  readonly #askBelow: Requester;
  readonly #askAbove: Requester;
  readonly #handInAbove: HandIn;
  readonly #handInBelow: HandIn;
  readonly #timers = new Map<string, CancelTimer>();
  #inboxes: InboxListener[] = [];
  #heardBelowAtMs: number;
  #heardAboveAtMs: number;
  #isStopped = false;

  constructor(options: BridgeOptions, parts: BridgeParts) {
    const { child, parent, process, policy, clock } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#member = `${child.pool}.${process}`;
    this.#failures = new FailureLog(parts.log, clock);
    this.#heardBelowAtMs = clock.now();
    this.#heardAboveAtMs = clock.now();
    this.#tables = new FunctionTables(clock);
    const onError = (error: unknown): void => this.#tell(error);
    const shared = { child, parent, process, policy, clock, member: this.#member, tables: this.#tables, onError };
    const asking = { clock, leaseMs: 0, checkEveryMs, queueLimit: 0, onError };
    this.#askBelow = new Requester({ ...asking, keeper: child, process });
    this.#askAbove = new Requester({ ...asking, keeper: parent, process: this.#member });
    const up = { from: child, to: parent, worker: this.#member, tableOfTo: () => this.#tables.parent };
    const down = { from: parent, to: child, worker: process, tableOfTo: () => this.#tables.child };
    this.#handInAbove = new HandIn({ ...up, clock, onError });
    this.#handInBelow = new HandIn({ ...down, clock, onError });
    this.#membership = new ParentMembership({
      ...shared,
      leaseMs: options.leaseMs,
      onJoined: () => this.#taker.noteNews(),
    });
    this.#taker = new Taker({
      ...shared,
      requester: this.#askBelow,
      handIn: this.#handInAbove,
      onStaleTable: () => this.#membership.readParentTable(),
      onUnknown: () => this.#membership.join(),
    });
    this.#hoister = new Hoister({
      ...shared,
      requester: this.#askAbove,
      handIn: this.#handInBelow,
      takenIds: () => this.#taker.ids,
    });
  }

  /** Joins the parent and begins. A parent that does not answer is waited for. */
  start(): void {
    const { child, parent, process } = this.#parts;
    this.#inboxes = [
      child.listen(process, {
        onMessages: (messages) => this.#receiveBelow(messages),
        onReconnect: () => this.#askBelow.recheckAll(),
      }),
      parent.listen(this.#member, {
        onMessages: (messages) => this.#receiveAbove(messages),
        onReconnect: () => {
          this.#askAbove.recheckAll();
          this.#taker.noteNews();
        },
      }),
    ];
    this.#askBelow.start();
    this.#askAbove.start();
    const { hoistEveryMs, leaseMs } = this.#options;
    const renewEveryMs = leaseMs / renewalsPerLease;
    this.#repeat("announce", announceEveryMs, () => this.#membership.announce(), 0);
    this.#repeat("round", hoistEveryMs, () => this.#round());
    this.#repeat("reconcile", reconcileEveryMs, () => this.#reconcile());
    this.#repeat("sweep above", leaseMs / 2, () => this.#sweepAbove());
    this.#repeat("renew above", renewEveryMs, () => this.#renewAbove());
    this.#repeat("renew below", renewEveryMs, () => this.#renewBelow());
    this.#repeat("watch", renewEveryMs, async () => this.#watch());
  }

  /** Leaves the parent; what it held in either pool goes back there. */
  async stop(): Promise<void> {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#taker.stop();
    await Promise.all([
      this.#hoister.stop(),
      this.#askBelow.stop(),
      this.#askAbove.stop().then(() => this.#membership.leave()),
    ]);
    await Promise.all(this.#inboxes.map((inbox) => inbox.close()));
  }

  /** Does something again and again, a while after it was done, or at once where it says that there is more to do. */
  #repeat(name: string, everyMs: number, action: () => Promise<unknown>, firstAfterMs = everyMs): void {
    const run = async (): Promise<void> => {
      let isMore: unknown = false;
      try {
        isMore = await action();
      } catch (error) {
        this.#tell(error);
      }
      this.#repeat(name, everyMs, action, isMore === true ? 0 : everyMs);
    };
    if (!this.#isStopped)
      this.#timers.set(
        name,
        this.#parts.clock.background(firstAfterMs, () => void run()),
      );
  }

  async #round(): Promise<boolean> {
    await this.#hoister.review();
    await this.#taker.review();
    const { isMore, ...standing } = await this.#hoister.hoist();
    this.#taker.look(standing);
    return isMore;
  }

  /** Messages may have been lost, and so may replies to claims. */
  async #reconcile(): Promise<void> {
    const { child, parent, process } = this.#parts;
    const above = await parent.reconcile(this.#member, [...this.#taker.ids, ...this.#handInAbove.ids]);
    this.#taker.cancel(above.abandoned);
    this.#taker.take(above.claims);
    const below = await child.reconcile(process, [...this.#hoister.seizedIds, ...this.#handInBelow.ids]);
    this.#hoister.drop(below.abandoned);
    await this.#hoister.takeBack(below.claims);
  }

  /** A parent that nobody heads is swept by its members, which may be nothing but bridges. */
  async #sweepAbove(): Promise<boolean> {
    const { maxAttempts, sweepLimit } = this.#options;
    const sweep = { process: this.#member, headLeaseMs: 0, maxAttempts, limit: sweepLimit };
    return (await this.#parts.parent.sweep(sweep)).isMore;
  }

  async #renewAbove(): Promise<void> {
    await this.#membership.renew();
    this.#heardAboveAtMs = this.#parts.clock.now();
  }

  async #renewBelow(): Promise<void> {
    await this.#parts.child.renew(this.#parts.process, this.#options.leaseMs);
    this.#heardBelowAtMs = this.#parts.clock.now();
  }

  /** Calls do not fail while a link is down, they wait: so silence is what tells. */
  #watch(): void {
    const silentSince = this.#parts.clock.now() - this.#options.leaseMs;
    if (this.#heardBelowAtMs < silentSince) this.#taker.giveBack();
    if (this.#heardAboveAtMs < silentSince) this.#hoister.giveBack();
  }

  #receiveBelow(messages: readonly InboxMessage[]): void {
    for (const message of messages) {
      if (this.#askBelow.receive(message)) continue;
      if (message.kind === "cancel") this.#hoister.drop([message.id]);
    }
  }

  #receiveAbove(messages: readonly InboxMessage[]): void {
    for (const message of messages) {
      if (this.#askAbove.receive(message)) continue;
      if (message.kind === "cancel") this.#taker.cancel([message.id]);
      else this.#taker.noteNews();
      if (message.kind === "run" || message.kind === "copy") this.#taker.take([message.claim]);
      if (message.kind === "functions") this.#membership.readParentTable().catch((error) => this.#tell(error));
    }
  }

  #tell(error: unknown): void {
    if (!this.#isStopped) this.#failures.tell("the bridge to the parent could not tell or ask", error);
  }
}
