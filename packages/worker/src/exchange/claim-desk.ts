/**
 * Takes what the worker has claimed or was given, and answers for what it cannot take: a claim that comes during a drain or whose
 * function this worker lacks goes back, and one whose payload is not that of its id fails.
 */
import type { Clock, Logger } from "@callgrid/core";
import { type Claim, forgedOutcome, noStamp } from "@callgrid/statekeeper";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { ClaimIntake } from "../pool/claim-intake.ts";
import type { Completer } from "../pool/completer.ts";
import type { Drain } from "../pool/drain.ts";
import type { Maintenance } from "../pool/maintenance.ts";
import type { Membership } from "../pool/membership.ts";
import type { RequestLog } from "../telemetry/request-log.ts";
import type { Exchange } from "./exchange.ts";

/** A caller that writes one request under the id of another may write many: one line in so long, in ms. */
const warnEveryMs = 60_000;

/** What a {@link ClaimDesk} works with. */
export interface ClaimDeskParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly requestLog: RequestLog | undefined;
  readonly loop: SlotLoop;
  readonly intake: ClaimIntake;
  readonly completer: Completer;
  readonly membership: Membership;
  readonly maintenance: Maintenance;
  readonly drain: Drain;
  readonly exchange: Exchange;
  /** Gives claimed requests back. */
  readonly release: (ids: readonly string[]) => void;
}

export class ClaimDesk {
  readonly #parts: ClaimDeskParts;
  #claimed = 0;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(parts: ClaimDeskParts) {
    this.#parts = parts;
  }

  /** How many requests the worker has claimed and kept. */
  get claimed(): number {
    return this.#claimed;
  }

  take(claims: readonly Claim[]): void {
    const { drain, loop, maintenance, release, requestLog } = this.#parts;
    maintenance.noteClaims(claims);
    if (drain.isUnderWay) {
      release(claims.map(({ id }) => id));
      return;
    }
    this.#claimed += claims.length;
    requestLog?.claimed(claims);
    for (const claim of claims) this.#take(claim);
    loop.wake();
  }

  /** Claimed by another worker, which is late. */
  takeCopies(copies: readonly Claim[]): void {
    const { drain, intake, exchange } = this.#parts;
    if (!drain.isUnderWay) for (const copy of copies) intake.takeCopy(copy);
    exchange.schedule();
  }

  #take(claim: Claim): void {
    const { intake, membership, release } = this.#parts;
    const kind = intake.take(claim);
    if (kind === "forged") this.#refuseForged(claim);
    if (kind !== "lacking") return;
    release([claim.id]);
    void membership.readFunctions();
  }

  #refuseForged({ id, payload }: Claim): void {
    const { clock, log, completer, exchange } = this.#parts;
    const now = clock.now();
    completer.add({ id, outcome: forgedOutcome(payload), ttlMs: 0, stamp: noStamp }, now);
    exchange.schedule();
    if (now - this.#warnedAt < warnEveryMs) return;
    this.#warnedAt = now;
    log.warn({ requestId: id }, "request refused: its id is that of another one");
  }
}
