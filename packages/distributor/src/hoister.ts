/**
 * Hoists copies of what its pool has queued into the parent pool, and completes its pool's requests with the outcomes that come from
 * there. What has been started in the parent is seized here, so that nobody starts it here too; what was started here is withdrawn
 * there. Both are best effort: what both have started by then, the first outcome ends.
 */
import { functionNameOf, isErrorText, isPayloadOf, type OutcomeText } from "@callgrid/core";
import type { Ask, Claim, PoolKeeper, Requester } from "@callgrid/statekeeper";
import type { BridgePolicy } from "./bridge-policy.ts";
import type { FunctionTables } from "./function-tables.ts";
import type { HandIn } from "./hand-in.ts";
import { nextStep } from "./hoisted-step.ts";
import { isRefusal } from "./taker.ts";

/** What a {@link Hoister} works with. */
export interface HoisterParts {
  readonly child: PoolKeeper;
  readonly parent: PoolKeeper;
  /** The distributor's id in its own pool. */
  readonly process: string;
  /** Its id as a member of the parent. */
  readonly member: string;
  readonly tables: FunctionTables;
  readonly policy: BridgePolicy;
  /** Asks in the parent. */
  readonly requester: Requester;
  /** Into the own pool. */
  readonly handIn: HandIn;
  /** What came from the parent must not go back there as a copy. */
  readonly takenIds: () => readonly string[];
  readonly onError: (error: unknown) => void;
}

interface Hoisted {
  readonly id: string;
  readonly payload: string;
  readonly ask: Ask;
  isSeized: boolean;
}

/** So many copies wait above at most. */
const hoistLimit = 256;

/** How the own pool stands. */
export interface PoolStanding {
  readonly queued: number;
  readonly wanted: number;
}

export class Hoister {
  readonly #parts: HoisterParts;
  readonly #hoisted = new Map<string, Hoisted>();
  /** Ids that were queued in the last round already: a queue is long when a request waits for longer than a round. */
  #seen = new Set<string>();
  #isStopped = false;

  constructor(parts: HoisterParts) {
    this.#parts = parts;
  }

  /** Ids that this distributor holds in its own pool, since they are evaluated elsewhere. */
  get seizedIds(): readonly string[] {
    return [...this.#hoisted.values()].filter(({ isSeized }) => isSeized).map(({ id }) => id);
  }

  /** Brings both pools into line about what was hoisted. */
  async review(): Promise<void> {
    const { child, parent } = this.#parts;
    const all = [...this.#hoisted.values()];
    if (all.length === 0) return;
    const ids = all.map(({ id }) => id);
    const [below, above] = await Promise.all([child.locate(ids), parent.locate(ids)]);
    const toSeize: string[] = [];
    const toRelease: string[] = [];
    for (const [index, hoisted] of all.entries()) {
      const step = nextStep(hoisted.isSeized, below[index] ?? "unknown", above[index] ?? "unknown");
      if (step === "drop") this.#drop(hoisted.id);
      if (step === "seize") toSeize.push(hoisted.id);
      if (step === "release") toRelease.push(hoisted.id);
    }
    await this.#seize(toSeize);
    await this.#release(toRelease);
  }

  /**
   * Copies what has waited for a round, and at once as much as the parent's volunteers want. Returns how the own pool stands, and
   * whether to look again at once: what these volunteers were given must not be started here as well.
   */
  async hoist(): Promise<PoolStanding & { readonly isMore: boolean }> {
    const { child, parent, process, member, policy, takenIds } = this.#parts;
    const room = Math.max(0, hoistLimit - (this.#hoisted.size - this.seizedIds.length));
    const except = [...this.#hoisted.keys(), ...takenIds()];
    const { queued, wanted, copies } = await child.hoist({ process, limit: room, except });
    let wantedAbove = copies.length > 0 ? await this.#wantedAbove(parent, member) : 0;
    const hasVolunteersAbove = wantedAbove > 0;
    const isQueueLong = queued > hoistLimit;
    let asked = 0;
    for (const copy of copies) {
      const { id, payload, priority } = copy;
      // who claims it here refuses it
      if (!isPayloadOf(id, payload)) continue;
      const facts = { functionName: functionNameOf(payload), priority, hasWaited: this.#seen.has(id), isQueueLong };
      if (!policy.hoists({ ...facts, isAwaited: wantedAbove > 0 }) || !this.#ask(copy)) continue;
      asked += 1;
      wantedAbove -= 1;
    }
    this.#seen = new Set(copies.map(({ id }) => id));
    return { queued, wanted, isMore: hasVolunteersAbove && asked > 0 };
  }

  /** Nobody in the own pool waits for these any more. */
  drop(ids: readonly string[]): void {
    for (const id of ids) this.#drop(id);
  }

  /** What the own pool says this distributor holds, without its having known. */
  async takeBack(claims: readonly Claim[]): Promise<void> {
    const strange: string[] = [];
    for (const { id } of claims) {
      const hoisted = this.#hoisted.get(id);
      if (hoisted === undefined) strange.push(id);
      else hoisted.isSeized = true;
    }
    if (strange.length > 0) await this.#parts.child.release(this.#parts.process, strange);
  }

  /** Lets the own pool start again what is evaluated elsewhere: nothing was heard from there for long. */
  giveBack(): void {
    const seized = this.seizedIds;
    if (seized.length > 0) this.#release(seized).catch(this.#parts.onError);
  }

  /** Withdraws all copies, and lets the own pool start again what it held. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    const seized = this.seizedIds;
    this.drop([...this.#hoisted.keys()]);
    if (seized.length > 0) await this.#parts.child.release(this.#parts.process, seized);
  }

  async #wantedAbove(parent: PoolKeeper, member: string): Promise<number> {
    return (await parent.hoist({ process: member, limit: 0, except: [] })).wanted;
  }

  /** Returns whether the parent is asked: it may mean another version of the function, or have none of that name. */
  #ask({ id, payload, mode, priority, timeoutMs }: Claim): boolean {
    const { requester, tables } = this.#parts;
    if (this.#isStopped || !tables.mayHoist(functionNameOf(payload))) return false;
    const ask = requester.ask({ id, payload, mode, priority, timeoutMs }, undefined, (outcome) => {
      void this.#takeOutcome(id, outcome).catch(this.#parts.onError);
    });
    this.#hoisted.set(id, { id, payload, ask, isSeized: false });
    return true;
  }

  #drop(id: string): void {
    this.#hoisted.get(id)?.ask.withdraw();
    this.#hoisted.delete(id);
  }

  async #seize(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const { child, process } = this.#parts;
    const strange: string[] = [];
    for (const id of await child.seize(process, ids)) {
      const hoisted = this.#hoisted.get(id);
      if (hoisted !== undefined) hoisted.isSeized = true;
      else if (!this.#parts.handIn.ids.includes(id)) strange.push(id);
    }
    await this.#release(strange);
  }

  async #release(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const id of ids) {
      const hoisted = this.#hoisted.get(id);
      if (hoisted !== undefined) hoisted.isSeized = false;
    }
    await this.#parts.child.release(this.#parts.process, ids);
  }

  /** An error counts only from the owner of a request, so it is seized first; who runs it here by then has the last word. */
  async #takeOutcome(id: string, outcome: OutcomeText): Promise<void> {
    const { child, process, handIn, tables } = this.#parts;
    const hoisted = this.#hoisted.get(id);
    if (hoisted === undefined) return;
    this.#hoisted.delete(id);
    if (!isErrorText(outcome)) return handIn.add(hoisted, outcome);
    if (isRefusal(outcome)) {
      tables.avoidAbove(functionNameOf(hoisted.payload));
      if (hoisted.isSeized) await child.release(process, [id]);
      return;
    }
    const [held] = await child.seize(process, [id]);
    if (held !== undefined) handIn.add(hoisted, outcome);
  }
}
