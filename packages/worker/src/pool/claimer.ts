/**
 * Gets work: claims from the own queue and the pool, and volunteers when there is none. One claim is under way at a time.
 */
import { type Clock, isAddressedId, sleep } from "@callgrid/core";
import type { Claim, ClaimReply, Requester, WorkerPool } from "@callgrid/statekeeper";
import type { FunctionStanding } from "../functions/function-registry.ts";
import type { HoldBoard } from "../heartbeat/hold-board.ts";
import { standDown } from "../heartbeat/hold-watch.ts";
import { claiming } from "../timing/tuning.ts";
import type { ClaimIntake } from "./claim-intake.ts";
import { type ClaimSize, claimSize, lookAgainAfterMs, type OwnWorkload } from "./claim-size.ts";
import { ClaimsOnTheWay } from "./claims-on-the-way.ts";
import type { Membership } from "./membership.ts";

/** What the claimer needs to know, and its callbacks. */
export interface ClaimerParts {
  readonly keeper: WorkerPool;
  readonly worker: string;
  readonly clock: Clock;
  readonly holds: HoldBoard | undefined;
  readonly standing: FunctionStanding;
  /** How fast it is, for the choice among volunteers. */
  readonly score: number;
  /** Knows the function that it evaluated last. */
  readonly intake: Pick<ClaimIntake, "lastFunction">;
  /** Sends what was asked for so far, so that the claim comes after it. */
  readonly requester: Pick<Requester, "flush">;
  readonly membership: Pick<Membership, "join" | "readFunctions" | "mayBeMember">;
  readonly workload: () => OwnWorkload;
  /** Whether functions are under way here, which may go on at any time and never yield. */
  readonly hasBegun: () => boolean;
  readonly onClaims: (claims: readonly Claim[]) => void;
  /** Gives claims back. */
  readonly release: (ids: readonly string[]) => void;
  readonly onError: (error: unknown) => void;
}

export class Claimer {
  /** How many volunteers the pool had at its last reply. */
  volunteers = 0;
  readonly #parts: ClaimerParts;
  #isVolunteer = false;
  #foundQueuesEmpty = false;
  #isClaiming = false;
  #isStopped = false;
  #cancelLook = (): void => undefined;
  /** Counts what may make a claim that is under way outdated: its reply and the news travel on different connections. */
  #news = 0;

  readonly #onTheWay: ClaimsOnTheWay;

  constructor(parts: ClaimerParts) {
    this.#parts = parts;
    const { clock, holds } = parts;
    this.#onTheWay = new ClaimsOnTheWay({ clock, holds, onTakeback: () => this.#askAgain() });
  }

  /** Whether it waits for what the pool gives it. */
  get isVolunteer(): boolean {
    return this.#isVolunteer;
  }

  /** Looks whether to claim now; cheap when not. */
  consider(): void {
    if (this.#isClaiming || this.#isStopped) return;
    const size = claimSize({
      ...this.#parts.workload(),
      isVolunteer: this.#isVolunteer,
      foundQueuesEmpty: this.#foundQueuesEmpty,
    });
    if (size === undefined) return;
    this.#isClaiming = true;
    void this.#claim(size);
  }

  /**
   * What was known of the own queue or of volunteering is outdated: something was put there, the pool gave this volunteer work or
   * sent it away, or messages may have been lost.
   */
  invalidate(): void {
    this.#news += 1;
    this.#isVolunteer = false;
    this.#foundQueuesEmpty = false;
    if (!this.#isClaiming) this.#onTheWay.end();
  }

  /** Takes what the pool has given this volunteer, and returns what is this worker's still. */
  receive(claims: readonly Claim[]): readonly Claim[] {
    const isOurs = this.#isClaiming || this.#onTheWay.end();
    this.invalidate();
    return isOurs ? claims : this.#withoutTaken(claims);
  }

  /** The bound on held requests may let new ones in again. */
  noteOpened(): void {
    this.#foundQueuesEmpty = false;
  }

  /** Claims no more, and reports that to the pool. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelLook();
    this.#onTheWay.end();
    if (this.#parts.membership.mayBeMember) await this.#request(standDown).catch(this.#parts.onError);
  }

  #askAgain(): void {
    if (this.#isClaiming) return;
    this.invalidate();
    this.consider();
  }

  async #claim(size: ClaimSize): Promise<void> {
    let claims: readonly Claim[] = [];
    try {
      const newsBefore = this.#news;
      const reply = await this.#requestListed(size);
      claims = reply.claims;
      await this.#note(reply, size, this.#news !== newsBefore);
    } catch (error) {
      this.#parts.onError(error);
      await sleep(this.#parts.clock, claiming.pauseAfterErrorMs);
    }
    this.#isClaiming = false;
    if (claims.length > 0) this.#parts.onClaims(claims);
    this.consider();
    this.#lookAgain();
  }

  /** What is queued while this worker is busy is announced to volunteers only: so it looks once more before its function ends. */
  #lookAgain(): void {
    this.#cancelLook();
    const lookMs = this.#foundQueuesEmpty ? lookAgainAfterMs(this.#parts.workload()) : undefined;
    if (lookMs === undefined || this.#isStopped) return;
    this.#cancelLook = this.#parts.clock.after(lookMs, () => {
      this.#foundQueuesEmpty = false;
      this.consider();
    });
  }

  async #note(reply: ClaimReply, size: ClaimSize, isOutdated: boolean): Promise<void> {
    if (reply.kind === "stale") return this.#parts.membership.readFunctions();
    if (reply.kind === "unknown-worker") return this.#parts.membership.join();
    if (reply.kind === "again") return;
    const hasVolunteered = reply.claims.length === 0 && size.volunteerFor > 0;
    this.volunteers = reply.volunteers - (hasVolunteered ? 1 : 0);
    this.#foundQueuesEmpty = !reply.isMore && !isOutdated;
    this.#isVolunteer = hasVolunteered && !isOutdated && !this.#isStopped;
    if (this.#isVolunteer) this.#onTheWay.beginVolunteering(this.#parts.hasBegun());
  }

  /** While code that never yielded kept the reply from being read, the heartbeat thread may have given back what it brings. */
  async #requestListed(size: ClaimSize): Promise<ClaimReply> {
    this.#onTheWay.begin();
    let isOurs = false;
    let reply: ClaimReply;
    try {
      reply = await this.#request(size);
    } finally {
      isOurs = this.#onTheWay.end();
    }
    if (isOurs) return reply;
    this.invalidate();
    return { ...reply, claims: this.#withoutTaken(reply.claims) };
  }

  /** Of claims that may have been taken back: what is addressed to this worker never is. */
  #withoutTaken(claims: readonly Claim[]): readonly Claim[] {
    const taken = claims.filter(({ id }) => !isAddressedId(id));
    if (taken.length > 0) this.#parts.release(taken.map(({ id }) => id));
    return claims.filter(({ id }) => isAddressedId(id));
  }

  #request(size: ClaimSize): Promise<ClaimReply> {
    const { keeper, worker, standing, score, intake, requester } = this.#parts;
    requester.flush();
    const recent = intake.lastFunction;
    return keeper.claim({
      worker,
      ...size,
      epoch: standing.epoch,
      skips: standing.skips,
      score,
      ...(recent === undefined ? {} : { recent }),
    });
  }
}
