/**
 * Carries requests from one pool to another: claims them in the one as a worker does, asks for them in the other as a client does, and
 * hands the outcomes in where they came from. A carried request can start in one place only. Requests that have not started there are taken
 * back when they can start here.
 */
import { type Clock, functionNameOf, isPayloadOf, type OutcomeText } from "@callgrid/core";
import {
  type Claim,
  type ClaimReply,
  forgedOutcome,
  noStamp,
  type ObservedPool,
  type OutcomeOrigin,
  type PendingCall,
  type Requester,
  type WorkerPool,
} from "@callgrid/statekeeper";
import type { CarryPlan } from "../crossing/carry-plan.ts";
import { Cargo } from "./cargo.ts";
import { CarriedWaits } from "./carried-waits.ts";
import { CarryClaimer } from "./carry-claimer.ts";
import type { CrossingTables } from "./function-tables.ts";
import type { OutcomeForwarder } from "./outcome-forwarder.ts";

/** A pool, and the id under which the bridge is known there. */
export interface Bank {
  readonly keeper: WorkerPool & ObservedPool;
  readonly process: string;
}

/** What a {@link Carrier} works with. */
export interface CarrierParts {
  readonly from: Bank;
  readonly to: Bank;
  readonly tables: () => CrossingTables;
  /** Asks in the other pool. */
  readonly requester: Requester;
  readonly forwarder: OutcomeForwarder;
  readonly clock: Clock;
  /** Members that idle would have started by then what they can. */
  readonly roundMs: number;
  /** Requests that the other direction had carried have come back this way: they are to go home. */
  readonly takeHome: (claims: readonly Claim[]) => readonly Claim[];
  /** Few unstarted requests are left. */
  readonly onLow: () => void;
  readonly onError: (error: unknown) => void;
}

/** Requests that have not started there for this long, although members idle there, are taken back. */
const patienceMs = 1_000;
/** As much for what is there only to be seen. */
const shownPatienceMs = 5_000;

export class Carrier {
  readonly #parts: CarrierParts;
  readonly #cargo = new Cargo();
  readonly #waits: CarriedWaits;
  readonly #claimer: CarryClaimer;
  /** When something was carried or started last. */
  #movedAtMs = Number.NEGATIVE_INFINITY;
  /** How many requests had been claimed in the other pool, by all its members, when that was noticed. */
  #claimedThere = { movedAtMs: Number.NaN, count: 0 };
  /** Whether members here may wait for something of it: of what was asked for there, and not only shown. */
  #mayBeAwaited = false;
  /** Since when members have idled in the other pool. */
  #idleSinceMs: number | undefined;
  #isClosed = false;
  #claimed = 0;

  constructor(parts: CarrierParts) {
    this.#parts = parts;
    this.#waits = new CarriedWaits(parts);
    this.#claimer = new CarryClaimer({
      ...parts,
      passedOver: () => new Set(this.#passedOver.map(({ payload }) => functionNameOf(payload))),
      onClaims: (claims, isShown) => (isShown ? this.#carryAll(claims) : this.take(claims)),
    });
  }

  /** How many requests it has claimed there so far. */
  get claimed(): number {
    return this.#claimed;
  }

  /** Ids of what this bridge holds in the pool that it carries from. */
  get ids(): readonly string[] {
    return [...this.#cargo.ids, ...this.#parts.forwarder.ids];
  }

  get carriedIds(): readonly string[] {
    return this.#cargo.ids;
  }

  get unstarted(): number {
    return this.#cargo.unstarted;
  }

  /** The state of the direction, besides what is seen of the pools; `claimedThere`: see {@link PoolSight.claimed}. */
  standing(claimedThere: number) {
    const { unstarted, aheadOfStarted } = this.#cargo;
    const movedAtMs = this.#movedAtMs;
    if (this.#claimedThere.movedAtMs !== movedAtMs) this.#claimedThere = { movedAtMs, count: claimedThere };
    const quietMs = unstarted > 0 ? this.#parts.clock.now() - movedAtMs : 0;
    const isStuck = this.#mayBeAwaited && quietMs > patienceMs;
    const isOvertaken = claimedThere > this.#claimedThere.count;
    const isStarving = isOvertaken && quietMs > (this.#mayBeAwaited ? patienceMs : shownPatienceMs);
    return { unstarted, aheadOfStarted, passedOver: this.#passedOver.length, isStuck, isStarving };
  }

  /** Takes back unstarted requests, at most this many, and returns how many. */
  async recall(limit: number): Promise<number> {
    if (limit === 0) return 0;
    if (limit >= this.#cargo.unstarted) this.#mayBeAwaited = false;
    const { from, to, tables, requester } = this.#parts;
    const { avoidedHere, lackedHere } = tables();
    const staying = [...avoidedHere, ...lackedHere];
    const ids = await to.keeper.recall({ process: to.process, limit, skips: staying });
    requester.forget(ids);
    const mine = ids.filter((id) => this.#cargo.remove(id) !== undefined).reverse();
    if (mine.length > 0) await from.keeper.release(from.process, mine);
    return mine.length;
  }

  /** Claims and volunteers by a plan; `isIdleHere`: members idle in the pool that it carries from. */
  async carry(plan: CarryPlan | undefined, isIdleHere: boolean): Promise<ClaimReply["kind"]> {
    if (plan === undefined) {
      await this.#claimer.standDown();
      return "claims";
    }
    const { kind, claims } = await this.#claimer.claim(plan);
    // what waits while members idle is nothing that these could start
    if (plan.from === "shown" && isIdleHere)
      for (const { payload } of claims) this.#parts.tables().avoidHere(functionNameOf(payload));
    return kind;
  }

  /** Carries requests that were claimed for this bridge. */
  take(claims: readonly Claim[]): void {
    if (claims.length > 0) this.#mayBeAwaited = true;
    for (const claim of claims) this.#askAgain(claim);
    this.#carryAll(claims);
  }

  #carryAll(claims: readonly Claim[]): void {
    const { clock, tables, takeHome, from, onError } = this.#parts;
    const fresh = this.#genuine(claims.filter(({ id }) => !this.#cargo.has(id)));
    if (fresh.length === 0) return;
    this.#claimed += fresh.length;
    if (this.#isClosed) {
      const ids = fresh.map(({ id }) => id);
      from.keeper.release(from.process, ids).catch(onError);
      return;
    }
    const carriedAtMs = clock.now();
    this.#movedAtMs = carriedAtMs;
    for (const claim of takeHome(fresh)) {
      const ahead = tables().aheadOf(functionNameOf(claim.payload));
      this.#cargo.add({ claim, ask: this.#ask(claim), carriedAtMs, ahead });
    }
  }

  #ask(claim: Claim): PendingCall {
    const { losses, ...asking } = claim;
    return this.#parts.requester.ask(asking, undefined, (outcome, origin) => this.#takeOutcome(claim, outcome, origin));
  }

  /** It is carried already, and wanted for longer than it was, or at a higher priority. */
  #askAgain(claim: Claim): void {
    const carried = this.#cargo.get(claim.id);
    if (carried === undefined) return;
    const former = carried.ask;
    carried.ask = this.#ask(claim);
    former.withdraw();
  }

  /** Without those whose payload is not that of their id, which are refused. */
  #genuine(claims: readonly Claim[]): readonly Claim[] {
    const forged = claims.filter(({ id, payload }) => !isPayloadOf(id, payload));
    if (forged.length === 0) return claims;
    const { from, onError } = this.#parts;
    const refusals = forged.map(({ id, payload }) => ({
      id,
      outcome: forgedOutcome(payload),
      ttlMs: 0,
      stamp: noStamp,
    }));
    from.keeper.complete(from.process, refusals, []).catch(onError);
    return claims.filter((claim) => !forged.includes(claim));
  }

  noteStarted(id: string): void {
    this.#movedAtMs = this.#parts.clock.now();
    this.#cargo.noteStarted(id);
    if (2 * this.#cargo.unstarted < this.#cargo.aheadOfStarted) this.#parts.onLow();
  }

  /** Work was given to this volunteer, it was sent away, or messages may have been lost. */
  invalidate(): void {
    this.#claimer.invalidate();
  }

  /** No caller waits for these any more. An unknown id was pushed to this volunteer and has been withdrawn. */
  cancel(ids: readonly string[]): void {
    for (const id of ids) {
      const carried = this.#cargo.remove(id);
      if (carried === undefined) this.invalidate();
      carried?.ask.withdraw();
    }
  }

  /** Of requests that came back, brings home those that this direction had carried, and returns the others. */
  takeHome(claims: readonly Claim[]): readonly Claim[] {
    const home = claims.map(({ id }) => id).filter((id) => this.#cargo.has(id));
    if (home.length === 0) return claims;
    void this.#bringHome(home);
    return claims.filter(({ id }) => !home.includes(id));
  }

  /** The claims by which they came back are for what others there wait for. */
  async #bringHome(ids: readonly string[]): Promise<void> {
    const { to, onError } = this.#parts;
    await this.giveBack(ids);
    await to.keeper.release(to.process, ids).catch(onError);
  }

  /** Gives back requests that have not started there for long, although members have idled there all the time. */
  async giveUp(isIdleThere: boolean): Promise<void> {
    const { to, clock, tables } = this.#parts;
    const now = clock.now();
    this.#idleSinceMs = isIdleThere ? (this.#idleSinceMs ?? now) : undefined;
    if (now - (this.#idleSinceMs ?? now) < patienceMs) return;
    const { lackedHere } = tables();
    const late = this.#cargo
      .unstartedSince(now - patienceMs)
      .filter(({ payload }) => !lackedHere.has(functionNameOf(payload)));
    if (late.length === 0) return;
    const places = await to.keeper.locate(late.map(({ id }) => id));
    for (const [index, { id, payload }] of late.entries()) {
      if (places[index] !== "queued") this.#cargo.noteStarted(id);
      else tables().avoidThere(functionNameOf(payload));
    }
    await this.giveBack(late.filter((_, index) => places[index] === "queued").map(({ id }) => id));
  }

  /** Gives back unstarted requests that workers here wait for: these workers may be unable to do anything else. */
  async giveBackAwaited(): Promise<void> {
    const { from, clock, tables } = this.#parts;
    const { lackedHere } = tables();
    const late = this.#cargo
      .unstartedSince(clock.now() - patienceMs)
      .filter(({ payload }) => !lackedHere.has(functionNameOf(payload)))
      .map(({ id }) => id);
    if (late.length === 0) return;
    const places = await from.keeper.locate(late);
    await this.giveBack(late.filter((id, index) => places[index] === "awaited" && this.#cargo.isUnstarted(id)));
  }

  /** Notes here what carried requests wait for there, see {@link CarriedWaits}. */
  noteWaits(): Promise<void> {
    return this.#waits.note(this.#cargo.carried);
  }

  /** Gives requests back, by default all, started there or not. */
  async giveBack(ids: readonly string[] = this.#cargo.ids): Promise<void> {
    const { from, onError } = this.#parts;
    const held = ids.filter((id) => this.#cargo.has(id));
    if (held.length === 0) return;
    this.cancel(held);
    await from.keeper.release(from.process, held).catch(onError);
  }

  /** Carries nothing more until {@link open}; gives all back. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all([this.giveBack(), this.#claimer.standDown().catch(this.#parts.onError)]);
  }

  open(): void {
    this.#isClosed = false;
  }

  get #passedOver(): readonly Claim[] {
    return this.#cargo.unstartedSince(this.#parts.clock.now() - this.#parts.roundMs);
  }

  /** A pool that did not take a request in says nothing about its outcome elsewhere. */
  #takeOutcome(claim: Claim, outcome: OutcomeText, { isRefused = false, stamp = noStamp }: OutcomeOrigin): void {
    const { tables, forwarder } = this.#parts;
    if (isRefused) {
      tables().avoidThere(functionNameOf(claim.payload));
      void this.giveBack([claim.id]);
      return;
    }
    this.#cargo.remove(claim.id);
    forwarder.add(claim, outcome, stamp);
  }
}
