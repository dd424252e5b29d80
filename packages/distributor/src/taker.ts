/**
 * Takes work from the parent pool when its own pool is idle: claims as much as the members can eat, submits it in the own pool,
 * and hands the outcomes in above. What nobody here starts within a second or so is given back.
 *
 * Its claims count as suspended above, so that a bridge that dies costs no request a loss.
 */
import {
  type CancelTimer,
  type Clock,
  decodeErrorTree,
  functionNameOf,
  isErrorText,
  isPayloadOf,
  type OutcomeText,
} from "@callgrid/core";
import {
  type Ask,
  type Claim,
  type ClaimReply,
  forgedOutcome,
  type PoolKeeper,
  type Requester,
} from "@callgrid/statekeeper";
import type { BridgePolicy } from "./bridge-policy.ts";
import type { FunctionTables } from "./function-tables.ts";
import type { HandIn } from "./hand-in.ts";
import { countEaters, isRunningLow, type TakeSize } from "./take-size.ts";

/** What a {@link Taker} works with. */
export interface TakerParts {
  readonly child: PoolKeeper;
  readonly parent: PoolKeeper;
  /** Its id as a member of the parent. */
  readonly member: string;
  readonly tables: FunctionTables;
  readonly policy: BridgePolicy;
  /** Asks in the own pool. */
  readonly requester: Requester;
  /** Into the parent. */
  readonly handIn: HandIn;
  readonly clock: Clock;
  /** The parent's function table changed. */
  readonly onStaleTable: () => Promise<void>;
  /** The parent does not know this bridge (any more). */
  readonly onUnknown: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

interface Taken {
  readonly claim: Claim;
  readonly ask: Ask;
  readonly takenAtMs: number;
}

/** What nobody has started for so long is given back. */
const patienceMs = 1_000;
/** A volunteer that hears nothing asks again: it may have missed that it was sent away. */
const volunteersForMs = 2_000;
const refillDelayMs = 2;

export class Taker {
  readonly #parts: TakerParts;
  readonly #taken = new Map<string, Taken>();
  #eaters = 0;
  #mostTaken = 0;
  #volunteered: { readonly want: number; readonly atMs: number } | undefined;
  #isClaiming = false;
  #isStopped = false;
  /** Counts what makes the reply to a claim under way outdated. */
  #news = 0;
  #cancelRefill: CancelTimer | undefined;

  constructor(parts: TakerParts) {
    this.#parts = parts;
  }

  /** Ids of what came from the parent. */
  get ids(): readonly string[] {
    return [...this.#taken.keys()];
  }

  /** Looks whether to take more, or to stand down, now that the own pool stands so. */
  look({ queued, wanted }: { readonly queued: number; readonly wanted: number }): void {
    if (this.#isClaiming || this.#isStopped) return;
    const taken = this.#taken.size;
    this.#eaters = countEaters({ wanted, taken, eaters: this.#eaters });
    if (taken === 0) this.#mostTaken = 0;
    const size = this.#parts.policy.take({ queued, wanted, taken, eaters: this.#eaters });
    if (size === undefined) void this.#standDown();
    else if (!this.#isVolunteerFor(size.volunteerFor)) void this.#claimAll(size);
  }

  /** Takes requests in, claimed by this bridge or given to it as a volunteer. */
  take(claims: readonly Claim[]): void {
    if (claims.length === 0) return;
    const { parent, member, requester, clock, onError } = this.#parts;
    const fresh = this.#genuine(claims.filter(({ id }) => !this.#taken.has(id)));
    parent
      .mark(
        member,
        fresh.map(({ id }) => ({ id, waitsFor: [] })),
        [],
      )
      .catch(onError);
    for (const claim of fresh) {
      const { id, payload, mode, priority, timeoutMs } = claim;
      const ask = requester.ask({ id, payload, mode, priority, timeoutMs }, undefined, (outcome) =>
        this.#takeOutcome(claim, outcome),
      );
      this.#taken.set(id, { claim, ask, takenAtMs: clock.now() });
    }
    this.#mostTaken = Math.max(this.#mostTaken, this.#taken.size);
  }

  /** Without those whose payload is not that of their id, which are refused. */
  #genuine(claims: readonly Claim[]): Claim[] {
    const { parent, member, onError } = this.#parts;
    const forged = claims.filter(({ id, payload }) => !isPayloadOf(id, payload));
    if (forged.length === 0) return [...claims];
    const refusals = forged.map(({ id, payload }) => ({ id, outcome: forgedOutcome(payload), ttlMs: 0, stamp: "-#0" }));
    parent.complete(member, refusals, []).catch(onError);
    return claims.filter((claim) => !forged.includes(claim));
  }

  /** Work was given to this volunteer, it was sent away, or messages may have been lost. */
  noteNews(): void {
    this.#news += 1;
    this.#volunteered = undefined;
  }

  /** Nobody above waits for these any more. What it has not heard of was given to it as a volunteer, and is gone again. */
  cancel(ids: readonly string[]): void {
    for (const id of ids) {
      if (!this.#taken.has(id)) this.noteNews();
      this.#taken.get(id)?.ask.withdraw();
      this.#taken.delete(id);
    }
  }

  /** Gives back what nobody here has started in time. */
  async review(): Promise<void> {
    const { child, clock, tables } = this.#parts;
    const before = clock.now() - patienceMs;
    const late = [...this.#taken.values()].filter(({ takenAtMs }) => takenAtMs <= before).map(({ claim }) => claim);
    if (late.length === 0) return;
    const places = await child.locate(late.map(({ id }) => id));
    const unstarted = late.filter((_, index) => places[index] === "queued");
    for (const { payload } of unstarted) tables.avoidBelow(functionNameOf(payload));
    this.giveBack(unstarted.map(({ id }) => id));
  }

  /** Gives requests back unstarted, by default all: somebody else may get on with them. */
  giveBack(ids: readonly string[] = this.ids): void {
    const { parent, member, onError } = this.#parts;
    const held = ids.filter((id) => this.#taken.has(id));
    if (held.length === 0) return;
    this.cancel(held);
    parent.release(member, held).catch(onError);
  }

  /** Takes nothing any more; what is in hand is left to the parent, which takes it back as this member leaves. */
  stop(): void {
    this.#isStopped = true;
    this.#cancelRefill?.();
    this.cancel(this.ids);
  }

  #isVolunteerFor(want: number): boolean {
    const volunteered = this.#volunteered;
    if (volunteered === undefined || want === 0) return false;
    return volunteered.want === want && this.#parts.clock.now() - volunteered.atMs < volunteersForMs;
  }

  async #claimAll(size: TakeSize): Promise<void> {
    const { onStaleTable, onUnknown, onError } = this.#parts;
    this.#isClaiming = true;
    try {
      const newsBefore = this.#news;
      let reply = await this.#claim(size);
      // a function that nobody measured, or that takes long, fills any budget
      while (reply.claims.length > 0 && reply.isMore && this.#taken.size < 2 * this.#eaters && !this.#isStopped) {
        reply = await this.#claim({ ...size, budgetMicros: 1 });
      }
      const isVolunteer = reply.kind === "claims" && reply.claims.length === 0 && size.volunteerFor > 0;
      if (isVolunteer && this.#news === newsBefore) {
        this.#volunteered = { want: size.volunteerFor, atMs: this.#parts.clock.now() };
      }
      if (reply.kind === "stale") await onStaleTable();
      if (reply.kind === "unknown-worker") await onUnknown();
    } catch (error) {
      onError(error);
    }
    this.#isClaiming = false;
  }

  async #claim(size: TakeSize): Promise<ClaimReply> {
    const { parent, member, tables } = this.#parts;
    const { epoch } = tables.parent;
    // the parent's own workers are served before any bridge
    const open = { isOpenToRoots: true, isClosedToOwn: true, score: 0 };
    const reply = await parent.claim({ worker: member, epoch, skips: tables.skips, ...open, ...size });
    if (reply.claims.length > 0) this.#volunteered = undefined;
    if (!this.#isStopped) this.take(reply.claims);
    return reply;
  }

  async #standDown(): Promise<void> {
    if (this.#volunteered === undefined) return;
    this.#volunteered = undefined;
    await this.#claim({ max: 0, budgetMicros: 0, volunteerFor: 0 }).catch(this.#parts.onError);
  }

  #takeOutcome(claim: Claim, outcome: OutcomeText): void {
    if (isErrorText(outcome) && isRefusal(outcome)) {
      this.#parts.tables.avoidBelow(functionNameOf(claim.payload));
      this.giveBack([claim.id]);
      return;
    }
    this.#taken.delete(claim.id);
    this.#parts.handIn.add(claim, outcome);
    if (isRunningLow(this.#taken.size, this.#eaters, this.#mostTaken)) this.#refillSoon();
  }

  /** The members should not have to be idle first. */
  #refillSoon(): void {
    if (this.#cancelRefill !== undefined || this.#isStopped) return;
    this.#cancelRefill = this.#parts.clock.background(refillDelayMs, () => {
      this.#cancelRefill = undefined;
      void this.#refill();
    });
  }

  async #refill(): Promise<void> {
    const { child, member, onError } = this.#parts;
    try {
      this.look(await child.hoist({ process: member, limit: 0, except: [] }));
    } catch (error) {
      onError(error);
    }
  }
}

/** Whether a pool did not take a request in, which says nothing about the request's outcome elsewhere. */
export function isRefusal(outcome: OutcomeText): boolean {
  const { code } = decodeErrorTree(outcome);
  return code === "UNKNOWN_FUNCTION" || code === "POOL_FULL" || code === "STATEKEEPER_REFUSED";
}
