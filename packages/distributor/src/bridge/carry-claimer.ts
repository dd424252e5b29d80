/**
 * Claims what one direction of a bridge carries, and volunteers for it. What members of the pool draw too is claimed from the other end. What
 * only another pool can evaluate is claimed in the order of the pool, since no member comes towards it.
 */
import type { Clock } from "@callgrid/core";
import type { CarryFrom, Claim, ClaimReply } from "@callgrid/statekeeper";
import { type CarryPlan, less } from "../crossing/carry-plan.ts";
import type { Bank } from "./carrier.ts";
import type { CrossingTables } from "./function-tables.ts";

/** What a {@link CarryClaimer} works with. */
export interface CarryClaimerParts {
  readonly from: Bank;
  readonly tables: () => CrossingTables;
  /** Functions of which nothing more is carried for now. */
  readonly passedOver: () => Iterable<string>;
  /** `isShown`: no member of the other pool has asked for them. */
  readonly onClaims: (claims: readonly Claim[], isShown: boolean) => void;
  readonly clock: Clock;
}

/** How a claim differs from its plan. */
interface ClaimDetails {
  readonly isShown?: boolean;
  /** Functions of which nothing is claimed. */
  readonly without?: readonly string[];
  /** What the plan said. */
  readonly planned?: CarryFrom;
}

/** A volunteer that gets no message asks again: it may have missed that it was sent away. */
const volunteersForMs = 2_000;
/** The same from the near end. */
const inOrder = { last: "next", half: "ahead", shown: "ahead" } as const;

export class CarryClaimer {
  readonly #parts: CarryClaimerParts;
  #volunteered: (Omit<CarryPlan, "max"> & { readonly atMs: number }) | undefined;
  /** Counts what makes the reply to a claim under way outdated. */
  #news = 0;

  constructor(parts: CarryClaimerParts) {
    this.#parts = parts;
  }

  /** Work was given to this volunteer, it was sent away, or messages may have been lost. */
  invalidate(): void {
    this.#news += 1;
    this.#volunteered = undefined;
  }

  /** Claims and volunteers by a plan. */
  async claim(plan: CarryPlan): Promise<Pick<ClaimReply, "kind" | "claims">> {
    const { from, max } = plan;
    if (this.#isVolunteerFor(plan)) return { kind: "claims", claims: [] };
    const { lackedHere, heldHere } = this.#parts.tables();
    if (!isFromEnd(from)) return this.#claimBy(plan);
    if (lackedHere.size === 0) return this.#claimFromEnd(plan);
    const isShown = from === "shown";
    const lacked = { max, from: inOrder[from], volunteerFor: 0, isShown, without: heldHere };
    const { kind, claims } = await this.#claimBy(lacked);
    const rest = less(plan, claims.length);
    if (kind !== "claims" || rest === undefined) return { kind, claims };
    const last = await this.#claimFromEnd(rest);
    return { kind: last.kind, claims: [...claims, ...last.claims] };
  }

  /** What must stay may hide all else from that end, for a drawing has a bound; one from the other end goes on where the last one stopped. */
  async #claimFromEnd(plan: CarryPlan): Promise<ClaimReply> {
    const { tables, passedOver } = this.#parts;
    const isHidden = plan.from === "last" && tables().skips.length + [...passedOver()].length > 0;
    if (!isHidden) return this.#claimBy(plan);
    const reply = await this.#claimBy({ ...plan, volunteerFor: 0 });
    if (reply.kind !== "claims" || reply.claims.length > 0) return reply;
    return this.#claimBy({ ...plan, from: "next", planned: "last" });
  }

  async standDown(): Promise<void> {
    if (this.#volunteered === undefined) return;
    this.#volunteered = undefined;
    await this.#claimBy({ max: 0, from: "next", volunteerFor: 0 });
  }

  /** As long as it is a volunteer for the same, there is no need to ask. */
  #isVolunteerFor({ volunteerFor, from }: CarryPlan): boolean {
    const volunteered = this.#volunteered;
    if (volunteered?.volunteerFor !== volunteerFor || volunteered.from !== from) return false;
    return this.#parts.clock.now() - volunteered.atMs < volunteersForMs;
  }

  async #claimBy(plan: CarryPlan & ClaimDetails): Promise<ClaimReply> {
    const { from, tables, passedOver, onClaims, clock } = this.#parts;
    const { max, from: reach, volunteerFor, isShown = reach === "shown", without = [], planned = reach } = plan;
    const { epoch, skips } = tables();
    const newsBefore = this.#news;
    const reply = await from.keeper.claim({
      ...{ worker: from.process, epoch, skips: [...skips, ...passedOver(), ...without] },
      ...{ max, budgetMicros: Number.POSITIVE_INFINITY, reach, volunteerFor },
    });
    const isVolunteer = reply.kind === "claims" && reply.claims.length === 0 && volunteerFor > 0;
    const isCurrent = isVolunteer && this.#news === newsBefore;
    this.#volunteered = isCurrent ? { from: planned, volunteerFor, atMs: clock.now() } : undefined;
    onClaims(reply.claims, isShown);
    return reply;
  }
}

function isFromEnd(from: CarryFrom): from is keyof typeof inOrder {
  return from in inOrder;
}
