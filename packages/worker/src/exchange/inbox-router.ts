/** Takes the messages out of the worker's inbox to the parts that they are for. */
import type { Claim, InboxHandlers, InboxMessage, Requester } from "@callgrid/statekeeper";
import type { SlotLoop } from "../evaluation/slot-loop.ts";
import type { Claimer } from "../pool/claimer.ts";
import type { Maintenance } from "../pool/maintenance.ts";
import type { Membership } from "../pool/membership.ts";
import type { OutcomeHandler } from "../pool/outcome-handler.ts";
import type { PoolEvaluations } from "../pool/pool-evaluations.ts";
import type { RecentResults } from "../results/recent-results.ts";
import type { ClaimDesk } from "./claim-desk.ts";
import type { Exchange } from "./exchange.ts";

/** What an {@link InboxRouter} works with. */
export interface InboxRouterParts {
  readonly requester: Requester;
  readonly loop: SlotLoop;
  readonly visible: PoolEvaluations;
  readonly recent: RecentResults;
  readonly claimer: Claimer;
  readonly claimDesk: ClaimDesk;
  readonly outcomeHandler: OutcomeHandler;
  readonly membership: Membership;
  readonly maintenance: Maintenance;
  readonly exchange: Exchange;
}

export class InboxRouter implements InboxHandlers {
  readonly #parts: InboxRouterParts;

  constructor(parts: InboxRouterParts) {
    this.#parts = parts;
  }

  readonly onMessages = (messages: readonly InboxMessage[]): void => {
    const { requester, claimer, claimDesk, loop } = this.#parts;
    const claims: Claim[] = [];
    const copies: Claim[] = [];
    for (const message of messages) {
      if (requester.receive(message)) continue;
      if (message.kind === "run") claims.push(message.claim);
      else if (message.kind === "copy") copies.push(message.claim);
      else this.#takeNotice(message);
    }
    // the pool no longer has this worker for a volunteer
    const own = claims.length + copies.length > 0 ? claimer.receive(claims) : [];
    if (own.length > 0) claimDesk.take(own);
    if (copies.length > 0) claimDesk.takeCopies(copies);
    loop.wake();
  };

  readonly onReconnect = (): void => {
    const { requester, maintenance, exchange } = this.#parts;
    requester.recheckAll();
    maintenance.reconcileSoon();
    exchange.askAgain();
  };

  #takeNotice(message: InboxMessage): void {
    const { recent, membership } = this.#parts;
    if (message.kind === "cancel") this.#cancel(message.id);
    // keys of plain requests are no ids, so all that is remembered goes: forgetting is rare
    else if (message.kind === "forget") recent.clear();
    else void membership.readFunctions();
  }

  /** An unknown id was given to the worker as a volunteer, and has been withdrawn. */
  #cancel(id: string): void {
    const { visible, claimer, outcomeHandler } = this.#parts;
    if (visible.get(id) === undefined) claimer.invalidate();
    outcomeHandler.cancel([id]);
  }
}
